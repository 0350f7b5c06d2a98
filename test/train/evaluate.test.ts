import { expect, test } from 'vitest';
import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { Dropout, Identity, mseLoss, Sequential } from '../../src/nn/index.js';
import { tensor } from '../../src/tensor/index.js';
import { evaluate } from '../../src/train/index.js';

const set = new TensorDataset({
  x: tensor([
    [2, 0],
    [0, 1],
    [0, 3],
  ]),
  y: tensor([0, 1, 0], { dtype: 'i32' }),
});
const losses = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(3))];

test.each([1, 2, 3])('means over samples, in batches of %d', async (batchSize) => {
  const result = await evaluate(new Identity(), new DataLoader(set, { batchSize }));
  expect(result.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 6);
  expect(result.accuracy).toBe(2 / 3);
});

test('in evaluation mode, which is restored', async () => {
  const model = new Sequential(new Dropout(0.9));
  const loader = new DataLoader(set, { batchSize: 3 });
  const { loss } = await evaluate(model, loader);
  expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 6);
  expect(model.training).toBe(true);
  model.eval();
  await evaluate(model, loader);
  expect(model.training).toBe(false);
});

test('with another loss there is no accuracy unless asked for', async () => {
  const pairs = new TensorDataset({ x: tensor([[1], [2]]), y: tensor([[1], [4]]) });
  const loader = new DataLoader(pairs, { batchSize: 1 });
  expect(await evaluate(new Identity(), loader, { loss: mseLoss })).toEqual({ loss: 2 });
  const asked = evaluate(new Identity(), loader, { loss: mseLoss, metrics: ['accuracy'] });
  await expect(asked).rejects.toThrow('accuracy: targets are f32 [1, 1], not class numbers');
});

test('a model in f64 is evaluated as well', async () => {
  const wide = new TensorDataset({
    x: tensor([[1e-3, 2]], { dtype: 'f64' }),
    y: tensor([1], { dtype: 'i32' }),
  });
  const result = await evaluate(new Identity(), new DataLoader(wide));
  expect(result.loss).toBeCloseTo(Math.log(1 + Math.exp(1e-3 - 2)), 6);
});
