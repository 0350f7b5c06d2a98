import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resizeImage } from '../../src/data/index.js';
import { ArgumentError, ShapeError } from '../../src/engine/core/errors.js';

interface Case {
  readonly shape: readonly number[];
  readonly size: readonly [number, number];
  readonly values: readonly number[];
  readonly result: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL('../goldens/resize.json', import.meta.url), 'utf8'),
) as Record<'fill' | 'cover', Case[]>;

describe.each(['fill', 'cover'] as const)('%s', (fit) => {
  test.each(golden[fit])('$shape to $size, as PyTorch', ({ shape, size, values, result }) => {
    const image = { dtype: 'f64', shape, values: Float64Array.from(values) } as const;
    const out = resizeImage(image, { size, fit });
    expect([out.dtype, out.shape]).toEqual(['f64', [shape[0], ...size]]);
    for (const [i, v] of result.entries()) expect(out.values[i]).toBeCloseTo(v, 13);
  });
});

const ramp = {
  dtype: 'u8',
  shape: [1, 2, 4],
  values: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
} as const;

test('bytes are rounded, plain images stay so, the same size is a copy', () => {
  const half = resizeImage(ramp, { size: [1, 2], fit: 'fill' });
  expect(half.dtype).toBe('u8');
  // Weights 3, 3, 1 of columns 0, 1, 2; both rows alike.
  expect([...half.values]).toEqual([Math.round(5 / 7 + 2), Math.round((1 + 6 + 9) / 7 + 2)]);
  const plain = { dtype: 'u8', shape: [1, 5, 3], values: new Uint8Array(15).fill(201) } as const;
  for (const size of [1, 2, 7, [3, 20]] as const) {
    expect(resizeImage(plain, { size }).values.every((v) => v === 201)).toBe(true);
  }
  const same = resizeImage(ramp, { size: [2, 4] });
  expect(same).toEqual(ramp);
  expect(same.values).not.toBe(ramp.values);
});

test('cover cuts off both sides alike', () => {
  expect([...resizeImage(ramp, { size: 2 }).values]).toEqual([1, 2, 5, 6]);
});

test('refused', () => {
  expect(() => resizeImage(ramp, { size: 0 })).toThrow(ArgumentError);
  expect(() => resizeImage(ramp, { size: [4, 1.5] })).toThrow('size is 4×1.5; give a height and');
  expect(() => resizeImage({ ...ramp, shape: [2, 4] }, { size: 2 })).toThrow(ShapeError);
  const none = { dtype: 'u8', shape: [3, 0, 4], values: new Uint8Array() } as const;
  expect(() => resizeImage(none, { size: 2 })).toThrow('has shape [3, 0, 4]; give one with pixels');
});
