import { expect, test } from 'vitest';
import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { Linear, Module, mseLoss } from '../../src/nn/index.js';
import { SGD } from '../../src/optim/index.js';
import { NumericError } from '../../src/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Parameter, tensor } from '../../src/tensor/index.js';
import { fit } from '../../src/train/index.js';

class Scaled extends Module {
  readonly scale: Parameter;

  constructor(
    private readonly f: (x: Tensor) => Tensor,
    start = 1,
  ) {
    super();
    this.scale = new Parameter(tensor([start]));
  }

  forward(x: Tensor): Tensor {
    return this.f(x.mul(this.scale));
  }
}

/** Trains on one sample a step; the numbers are the inputs, all targets are 1. */
function train(model: Scaled, inputs: number[], validation?: number[]): Promise<unknown> {
  const loader = (numbers: number[]): DataLoader<'x' | 'y'> => {
    const [x, y] = [numbers, numbers.map(() => 1)].map((list) => tensor(list).reshape([-1, 1]));
    return new DataLoader(new TensorDataset({ x: x!, y: y! }), { batchSize: 1 });
  };
  return fit({
    model,
    optimizer: new SGD(model.parameters(), { lr: 0.01 }),
    loss: mseLoss,
    train: loader(inputs),
    validation: validation && loader(validation),
    epochs: 2,
  });
}

test('names the step and the operation; the weights are those from before', async () => {
  const model = new Scaled((x) => x.log());
  const error = await train(model, [1, 2, -3, 4]).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NumericError);
  expect((error as Error).message).toMatch(
    /^fit: the loss is NaN in epoch 1, step 3 of 4: log of f32 \[1, 1\] from -3\.\d+ to -3\.\d+ gave NaN in 1 of 1 elements/,
  );
  const twin = new Scaled((x) => x.log());
  await train(twin, [1, 2]).catch(() => undefined);
  const oneEpoch = new Scaled((x) => x.log());
  await fit({
    model: oneEpoch,
    optimizer: new SGD(oneEpoch.parameters(), { lr: 0.01 }),
    loss: mseLoss,
    train: new DataLoader(new TensorDataset({ x: tensor([[1], [2]]), y: tensor([[1], [1]]) })),
    epochs: 1,
  });
  expect(model.scale.item()).toBe(oneEpoch.scale.item());
});

test('an infinite loss counts too', async () => {
  await expect(train(new Scaled((x) => x.exp()), [1, 200])).rejects.toThrow(
    /the loss is Infinity in epoch 1, step 2 of 2: exp of f32 \[1, 1\].* gave ±∞/,
  );
});

test('NaN in the data is told from NaN by calculation', async () => {
  await expect(train(new Scaled((x) => x), [1, 2, NaN])).rejects.toThrow(
    'in epoch 1, step 3 of 3: argument 0 holds NaN in 1 of 1 elements, f32 [1, 1]; clean the data.',
  );
});

test('a parameter that a gradient has spoilt is named', async () => {
  // The gradient of √x at 0 is infinite, and so is the weight after the step; the loss is not.
  await expect(train(new Scaled((x) => x.sqrt(), 0), [1, 1])).rejects.toThrow(
    /epoch 1, step 2 of 2: parameter 'scale', f32 \[1\], was no longer finite before it/,
  );
});

test('the loss of the validation part is watched as well', async () => {
  await expect(train(new Scaled((x) => x.log()), [1, 2], [1, -1])).rejects.toThrow(
    /^fit: validation after epoch 1: the loss is NaN in batch 2: log of f32/,
  );
});

test('a learning rate that is far too high is diagnosed in a network', async () => {
  const model = new Linear(3, 2);
  const set = new TensorDataset({
    x: tensor([[1, 2, 3]]),
    y: tensor([[0, 1]]),
  });
  const optimizer = new SGD(model.parameters(), { lr: 1e12 });
  const run = fit({ model, optimizer, loss: mseLoss, train: new DataLoader(set), epochs: 9 });
  await expect(run).rejects.toThrow(/the loss is \S+ in epoch 3, step 1 of 1: mul of f32/);
});
