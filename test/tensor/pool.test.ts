import { describe, expect, it } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  avgPool,
  grad,
  maxPool,
  maxPoolIndices,
  ones,
  sumPool,
  zeros,
} from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from './check.js';

describe('pooling', () => {
  it('averages `same` with the right gradient at the edges', () => {
    // 3 × 3, window 2, stride 2: the sum's gradient is 0.25 inside, 0.5 at edges, 1 in the corner.
    const options = { size: 2, padding: 'same', countIncludePad: false } as const;
    const slope = grad((x: Tensor) => avgPool(x, options).sum());
    expect(values(slope(ones([1, 1, 3, 3])))).toEqual([
      0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1,
    ]);
    expect(values(avgPool(ones([1, 1, 3, 3]), options))).toEqual([1, 1, 1, 1]);
  });

  it('sends the gradient of a tie to the first maximum', () => {
    const x = f64([[[2, 2, 1, 3]]]);
    const slope = grad((p: Tensor) => maxPool(p, { size: 2 }).sum());
    expect(values(slope(x))).toEqual([1, 0, 0, 1]);
    expect(values(maxPoolIndices(x, { size: 2 }))).toEqual([0, 3]);
  });

  it('never lets padding win, whatever the values', () => {
    const x = f64([[[-Infinity, -Infinity, -5]]]);
    const options = { size: 3, stride: 1, padding: 1 };
    expect(values(maxPool(x, options))).toEqual([-Infinity, -5, -5]);
    expect(values(maxPoolIndices(x, options))).toEqual([0, 2, 2]);
  });

  it('takes NaN for the maximum', () => {
    const x = f64([[[1, NaN, 3, 2]]]);
    expect(values(maxPool(x, { size: 2 }))).toEqual([NaN, 3]);
    expect(values(maxPoolIndices(x, { size: 2 }))).toEqual([1, 2]);
  });

  it('has second derivatives, through the maximum as well', () => {
    const x = sample([2, 2, 5, 7]);
    const cube = (p: Tensor): Tensor => maxPool(p, { size: [2, 3], stride: [2, 2] }).pow(3);
    checkGradient(cube, [x]);
    const slope = grad((p: Tensor) => cube(p).sum());
    checkGradient((p) => slope(p), [x], { tolerance: 1e-4 });
    const mean = grad((p: Tensor) => avgPool(p, { size: 3, stride: 2, padding: 1 }).pow(3).sum());
    checkGradient((p) => mean(p), [x], { tolerance: 1e-4 });
  });

  it('works in three dimensions, on odd sizes, padded to keep them', () => {
    const y = maxPool(zeros([1, 1, 5, 3, 7]), { size: 2, stride: 2, padding: 'same' });
    expect(y.shape).toEqual([1, 1, 3, 2, 4]);
    expectClose(sumPool(ones([1, 1, 4]), { size: 2, stride: 1 }), [[[2, 2, 2]]]);
  });

  it('works through a batch of none', () => {
    expect(maxPool(zeros([0, 3, 4, 4]), { size: 2 }).shape).toEqual([0, 3, 2, 2]);
  });

  it('refuses what makes no window', () => {
    const x = zeros([1, 1, 3, 3]);
    expect(() => maxPool(x, { size: 4 })).toThrow(ShapeError);
    expect(() => maxPool(x, { size: 4 })).toThrow(
      'input 3 + padding 0 + 0 is less than 1 · (4 - 1)',
    );
    expect(() => maxPool(x, { size: 2, padding: 2 })).toThrow(ArgumentError);
    expect(() => maxPool(x, { size: 2, padding: 2 })).toThrow('more than half of the window');
    expect(() => maxPool(x, { size: 0 })).toThrow('size is 0');
    expect(() => maxPool(x, { size: 2, stride: [1, 2, 3] })).toThrow('stride is [1, 2, 3]');
    expect(() => maxPool(zeros([3, 3]), { size: 2 })).toThrow('[N, C, …]');
    expect(() => avgPool(zeros([1, 1, 3], { dtype: 'i32' }), { size: 2 })).toThrow(DTypeError);
  });
});
