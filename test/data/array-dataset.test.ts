// covers: src/data/index.ts, src/data/normalization.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { ArrayDataset } from '../../src/data/index.js';

const images = () =>
  ({ dtype: 'u8', shape: [3, 2], values: Uint8Array.of(0, 51, 102, 153, 204, 255) }) as const;
const labels = (...y: number[]) =>
  ({ dtype: 'i32', shape: [y.length], values: Int32Array.from(y) }) as const;
const set = () =>
  new ArrayDataset({ x: images(), y: labels(1, 0, 2) }, { classes: ['a', 'b', 'c'] });

test('length, names, classes, samples, columns', () => {
  const s = set();
  expect(s.length).toBe(3);
  expect(s.names).toEqual(['x', 'y']);
  expect(s.classes).toEqual(['a', 'b', 'c']);
  expect(s.get(1)).toEqual({
    x: { dtype: 'u8', shape: [2], values: Uint8Array.of(102, 153) },
    y: { dtype: 'i32', shape: [], values: Int32Array.of(0) },
  });
  expect(s.column('y')).toEqual(labels(1, 0, 2));
  expect(() => s.get(3)).toThrow(IndexError);
  expect(() => s.column('z' as 'x')).toThrow("there is no column 'z'; the set has x, y");
});

describe('batch', () => {
  test('copies rows in the order asked for', () => {
    const s = set();
    const batch = s.batch(Int32Array.of(2, 0, 2));
    expect(batch).toEqual({
      x: { dtype: 'u8', shape: [3, 2], values: Uint8Array.of(204, 255, 0, 51, 204, 255) },
      y: { dtype: 'i32', shape: [3], values: Int32Array.of(2, 1, 2) },
    });
    batch.x.values.fill(0);
    expect(s.column('x')).toEqual(images());
    expect(() => s.batch(Int32Array.of(3))).toThrow(IndexError);
  });

  test('writes into earlier arrays, also a smaller batch', () => {
    const s = set();
    const first = s.batch(Int32Array.of(0, 1));
    const second = s.batch(Int32Array.of(2), first);
    expect(second).toEqual(s.batch(Int32Array.of(2)));
    expect(second.x.values.buffer).toBe(first.x.values.buffer);
    expect(() => s.batch(Int32Array.of(0, 1, 2), first)).toThrow(
      "column 'x' needs 6 values of u8, the arrays to reuse have 4 of u8",
    );
    expect(() => s.normalized('x', { mean: 0, std: 1 }).batch(Int32Array.of(0), first)).toThrow(
      ShapeError,
    );
  });
});

describe('normalized', () => {
  test('bytes by way of a table', () => {
    const s = set().normalized('x', { mean: 0.2, std: 0.5 });
    const expected = [-0.4, 0, 0.4, 0.8, 1.2, 1.6];
    const { dtype, shape, values } = s.column('x');
    expect([dtype, shape]).toEqual(['f32', [3, 2]]);
    expect([...values].map((v) => +v.toFixed(6))).toEqual(expected);
    expect(s.get(2).x.values).toEqual(values.subarray(4));
    expect(s.batch(Int32Array.of(2, 0)).x.values).toEqual(
      Float32Array.of(...values.subarray(4), ...values.subarray(0, 2)),
    );
    expect(s.get(2).y).toEqual(set().get(2).y);
    expect(set().column('x').dtype).toBe('u8');
  });

  test('other dtypes are not scaled unless asked to', () => {
    const values = Float32Array.of(1, 3);
    const s = new ArrayDataset({ x: { dtype: 'f32', shape: [2], values } });
    expect([...s.normalized('x', { mean: 2, std: 0.5 }).column('x').values]).toEqual([-2, 2]);
    expect([...s.normalized('x', { mean: 2, std: 1, scale: 2 }).column('x').values]).toEqual([
      0, 4,
    ]);
  });

  test('by channel: as each channel alone, stored as u8 or not', () => {
    const values = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
    const u8 = new ArrayDataset({ x: { dtype: 'u8', shape: [2, 3, 2, 2], values } });
    const f32 = new ArrayDataset({
      x: { dtype: 'f32', shape: [2, 3, 2, 2], values: Float32Array.from(values) },
    });
    const [mean, std] = [
      [0.1, 0.2, 0.3],
      [0.5, 1, 2],
    ];
    const expected = [...values].map((v, i) => {
      const c = Math.floor(i / 4) % 3;
      return (v / 255 - mean[c]!) / std[c]!;
    });
    for (const s of [u8, f32]) {
      const { values: found } = s.normalized('x', { mean, std, scale: 1 / 255 }).column('x');
      for (const [i, v] of expected.entries()) expect(found[i]).toBeCloseTo(v, 6);
    }
    const once = u8.normalized('x', { mean, std: 1 });
    const { values: all } = once.column('x');
    expect(once.get(1).x.values).toEqual(all.subarray(12));
    expect(once.batch(Int32Array.of(1, 0)).x.values.subarray(12)).toEqual(all.subarray(0, 12));
    expect(once.reshaped('x', [12]).get(1).x.values).toEqual(all.subarray(12));
    expect(() => u8.normalized('x', { mean: [0, 0], std: 1 })).toThrow(
      'normalized: mean has 2 numbers, samples have shape [3, 2, 2]; give one number, or one for',
    );
    expect(() => u8.normalized('x', { mean, std: [1, 0, 1] })).toThrow(
      'all must be finite, std > 0',
    );
    expect(() => u8.normalized('x', { mean: [], std: 1 })).toThrow(ShapeError);
  });

  test('refuses what cannot be meant', () => {
    expect(() => set().normalized('x', { mean: 0, std: 0 })).toThrow(ArgumentError);
    expect(() => set().normalized('x', { mean: NaN, std: 1 })).toThrow('mean NaN');
    const once = set().normalized('x', { mean: 0, std: 1 });
    expect(() => once.normalized('x', { mean: 0, std: 1 })).toThrow('normalized already');
  });
});

test('reshaped', () => {
  const s = set().reshaped('x', [1, 2, 1]);
  expect(s.get(0).x.shape).toEqual([1, 2, 1]);
  expect(s.batch(Int32Array.of(0, 1)).x.shape).toEqual([2, 1, 2, 1]);
  expect(() => set().reshaped('x', [3])).toThrow(
    "a sample of 'x' has shape [2], 2 elements; shape [3] has 3",
  );
});

describe('refuses', () => {
  test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ['no columns', () => new ArrayDataset({}), ArgumentError, /at least one column/],
    [
      'columns of different length',
      () => new ArrayDataset({ x: images(), y: labels(0, 1) }),
      ShapeError,
      /column 'y' has shape \[2\], but the columns before it have 3 samples/,
    ],
    [
      'a scalar column',
      () => new ArrayDataset({ x: { dtype: 'i32', shape: [], values: Int32Array.of(1) } }),
      ShapeError,
      /column 'x' has shape \[\]; dim 0 must count the samples/,
    ],
    [
      'values that do not fill the shape',
      () => new ArrayDataset({ x: { ...images(), shape: [4, 2] } }),
      ShapeError,
      /'x' has shape \[4, 2\], which is 8 elements, but 6 values/,
    ],
    [
      'values of another dtype',
      () => new ArrayDataset({ x: { ...images(), dtype: 'f32' } }),
      DTypeError,
      /'x' is declared f32, but its values are a Uint8Array/,
    ],
    [
      'a label that is too large',
      () => new ArrayDataset({ x: images(), y: labels(0, 3, 1) }, { classes: ['a', 'b', 'c'] }),
      IndexError,
      /label 3 at index 1 of 'y' is outside 0…2 \(3 classes\)/,
    ],
    [
      'a negative label',
      () => new ArrayDataset({ t: labels(0, 0, -1) }, { classes: ['a'], labels: 't' }),
      IndexError,
      /label -1 at index 2 of 't'/,
    ],
    [
      'a broken label',
      () =>
        new ArrayDataset(
          { y: { dtype: 'f32', shape: [2], values: Float32Array.of(0, 0.5) } },
          { classes: ['a', 'b'] },
        ),
      IndexError,
      /label 0.5 at index 1/,
    ],
    [
      'one-hot labels',
      () => new ArrayDataset({ y: images() }, { classes: ['a', 'b'] }),
      DTypeError,
      /labels 'y' are u8 \[3, 2\]; give one integer per sample/,
    ],
    [
      'classes without labels',
      () => new ArrayDataset<string>({ x: images() }, { classes: ['a'] }),
      ArgumentError,
      /there is no column 'y'/,
    ],
  ])('%s', (_, act, type, message) => {
    expect(act).toThrow(type);
    expect(act).toThrow(message);
  });
});
