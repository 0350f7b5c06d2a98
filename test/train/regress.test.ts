// covers: src/train/regress.ts, src/train/inference.ts
import { expect, test } from 'vitest';
import { ArgumentError, NumericError, ShapeError } from '../../src/engine/core/errors.js';
import { Flatten, Linear, Sequential } from '../../src/nn/index.js';
import { tensor } from '../../src/tensor/index.js';
import { classify, regress, type LoadedModel } from '../../src/train/index.js';

const linear = new Linear(2, 1);
linear.loadStateDict({ weight: tensor([[2, -1]]), bias: tensor([0.5]) });
const loaded: LoadedModel = {
  model: new Sequential(new Flatten(), linear),
  producer: 'test',
  family: 'linear',
  options: {},
  task: { kind: 'regression', inputShape: [2], target: 'price', offset: 1000, scale: 10 },
  preprocessing: { kind: 'none' },
  metrics: {},
  training: {},
};
const rows = (values: number[]) =>
  ({ dtype: 'f32', shape: [values.length / 2, 2], values: Float32Array.from(values) }) as const;

test('numbers in the unit of the target: offset + scale * output', () => {
  const { length, values } = regress(loaded, rows([0, 0, 1, 0, 3, 4]));
  expect(length).toBe(3);
  expect([...values]).toEqual([1005, 1025, 1025]);
  const one = { dtype: 'f32', shape: [2], values: new Float32Array([1, 2]) } as const;
  expect([...regress(loaded, one).values]).toEqual([1005]);
});

test('more samples than one run of the program takes; the mode stays', () => {
  loaded.model.train();
  const many = Array.from({ length: 2 * 1203 }, (_, i) => i % 7);
  const { values } = regress(loaded, rows(many));
  expect(loaded.model.training).toBe(true);
  const expected = Array.from(
    { length: 1203 },
    (_, i) => 1000 + 10 * (2 * many[2 * i]! - many[2 * i + 1]! + 0.5),
  );
  expect([...values]).toEqual(expected);
});

test('what does not fit', () => {
  const wide = { dtype: 'f32', shape: [1, 3], values: new Float32Array(3) } as const;
  expect(() => regress(loaded, wide)).toThrow(ShapeError);
  expect(() => regress(loaded, wide)).toThrow(
    'regress: the input has shape [1, 3], the model takes samples [2] or batches [N, 2].',
  );
  expect(() => regress(loaded, rows([]))).toThrow('regress: the input holds no samples.');
  expect(() => regress(loaded, rows([1, 2, NaN, 0]))).toThrow(NumericError);
  expect(() => regress(loaded, rows([1, 2, NaN, 0]))).toThrow('the output for sample 1 is NaN');
  expect(() => classify(loaded, rows([1, 2]))).toThrow(ArgumentError);
  expect(() => classify(loaded, rows([1, 2]))).toThrow(
    "classify: the model predicts the number 'price', no class for each sample; use regress.",
  );
  const classes = { kind: 'classification', inputShape: [2], classes: ['a', 'b'] } as const;
  expect(() => regress({ ...loaded, task: classes }, rows([1, 2]))).toThrow(
    'regress: the model gives one of 2 classes, no number; use classify.',
  );
});
