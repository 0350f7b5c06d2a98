import { expect, test } from 'vitest';
import { ArrayDataset, TensorDataset } from '../../src/data/index.js';
import { IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { tensor } from '../../src/tensor/index.js';

const x = tensor([
  [1, 2],
  [3, 4],
]);

test('samples are rows of the tensors', () => {
  const set = new TensorDataset(
    { x, y: tensor([1, 0], { dtype: 'i32' }) },
    { classes: ['a', 'b'] },
  );
  expect(set).toBeInstanceOf(ArrayDataset);
  expect(set.get(1)).toEqual({
    x: { dtype: 'f32', shape: [2], values: Float32Array.of(3, 4) },
    y: { dtype: 'i32', shape: [], values: Int32Array.of(0) },
  });
  expect(set.normalized('x', { mean: 1, std: 1 }).get(0).x.values).toEqual(Float32Array.of(0, 1));
});

test('refuses as ArrayDataset does', () => {
  expect(() => new TensorDataset({ x, y: tensor([1]) })).toThrow(ShapeError);
  expect(() => new TensorDataset({ x, y: tensor([0, 2]) }, { classes: ['a', 'b'] })).toThrow(
    IndexError,
  );
});
