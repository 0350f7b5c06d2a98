import { describe, expect, test } from 'vitest';
import { spectralRadius } from '../../../src/nn/index.js';
import { zeros } from '../../../src/tensor/index.js';
import { f64, i32 } from '../../tensor/check.js';
import type { Packed } from '../check.js';
import { golden, unpack } from '../check.js';

const { radii } = golden<{
  readonly radii: readonly { readonly matrix: Packed; readonly radius: number }[];
}>('rnn.json');

describe('spectralRadius', () => {
  test.each(radii.map((r) => [r.matrix.shape.join(' × '), r] as const))(
    'is the largest eigenvalue of a matrix %s',
    (_, { matrix, radius }) => {
      expect(spectralRadius(unpack(matrix, 'f64')) / radius).toBeCloseTo(1, 11);
    },
  );
  test('of turns, repeated eigenvalues, great and small ones', () => {
    const of = (rows: number[][]): number => spectralRadius(f64(rows));
    expect(
      of([
        [0, -2],
        [2, 0],
      ]),
    ).toBeCloseTo(2, 12);
    expect(
      of([
        [1, 5],
        [0, 1],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      of([
        [0, 1],
        [0, 0],
      ]),
    ).toBe(0);
    expect(
      of([
        [1e200, 0],
        [0, 1],
      ]) / 1e200,
    ).toBeCloseTo(1, 12);
    expect(
      of([
        [1e-200, 0],
        [0, 0],
      ]) / 1e-200,
    ).toBeCloseTo(1, 12);
    expect(spectralRadius(zeros([3, 3]))).toBe(0);
    expect(spectralRadius(zeros([0, 0]))).toBe(0);
  });
  test('refuses what has none', () => {
    expect(() => spectralRadius(zeros([2, 3]))).toThrow(
      'spectralRadius: matrix is [2, 3]; give a square one, [n, n].',
    );
    expect(() => spectralRadius(zeros([3]))).toThrow('matrix is [3]');
    expect(() => spectralRadius(i32([[1]]))).toThrow('matrix is i32; use f32 or f64.');
    expect(() => spectralRadius(f64([[NaN]]))).toThrow('matrix holds NaN or infinities');
    expect(() => spectralRadius(f64([[Infinity]]))).toThrow('matrix holds NaN or infinities');
  });
});
