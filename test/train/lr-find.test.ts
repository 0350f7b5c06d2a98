import { expect, test } from 'vitest';
import { ArgumentError, NumericError } from '../../src/engine/core/errors.js';
import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { Linear, mseLoss } from '../../src/nn/index.js';
import { SGD } from '../../src/optim/index.js';
import { arange, defaultGenerator, ones, zeros } from '../../src/tensor/index.js';
import type { LrFindOptions } from '../../src/train/index.js';
import { fit, lrFind } from '../../src/train/index.js';
import { bitsOf, resumableTask } from './resumable-task.js';

/** Least squares of one weight: y = 2 x over x = 1, so that θ ← θ - 2 η (θ - 2). */
function line(): LrFindOptions & { readonly model: Linear; readonly optimizer: SGD } {
  const model = new Linear(1, 1, { bias: false });
  model.loadStateDict({ weight: zeros([1, 1]) });
  const set = new TensorDataset({ x: ones([8, 1]), y: ones([8, 1]).mul(2) });
  return {
    model,
    optimizer: new SGD(model.parameters(), { lr: 0.5 }),
    loss: mseLoss,
    train: new DataLoader(set, { batchSize: 4 }),
  };
}

test('the curve is that of the ramp written out', async () => {
  const result = await lrFind({ ...line(), startLr: 0.01, endLr: 0.5, steps: 9, smoothing: 0.9 });
  expect(result.diverged).toBe(false);
  expect(result.curve).toHaveLength(9);
  let [theta, mean] = [0, 0];
  for (const [i, { lr, loss, smoothed }] of result.curve.entries()) {
    expect(lr).toBeCloseTo(0.01 * 50 ** (i / 8), 12);
    const expected = (theta - 2) ** 2;
    mean = 0.9 * mean + 0.1 * expected;
    expect(loss).toBeCloseTo(expected, 5);
    expect(smoothed).toBeCloseTo(mean / (1 - 0.9 ** (i + 1)), 5);
    theta -= 2 * lr * (theta - 2);
  }
  expect(result.steepest).toBeGreaterThan(0.01);
  expect(result.valley).toBeCloseTo(Math.sqrt(0.01 * 0.5), 10);
});

test('stops where training diverges', async () => {
  // Two batches that want different weights, so that no step finds the optimum of both.
  const y = arange(8).sin().add(2).reshape([8, 1]);
  const train = new DataLoader(new TensorDataset({ x: ones([8, 1]), y }), { batchSize: 4 });
  const { curve, diverged, steepest, valley } = await lrFind({
    ...line(),
    train,
    startLr: 1e-3,
    endLr: 1e3,
  });
  expect(diverged).toBe(true);
  expect(curve.length).toBeLessThan(100);
  const losses = curve.map((p) => p.smoothed);
  for (const [i, loss] of losses.entries()) {
    expect(loss).toBeLessThanOrEqual(4 * Math.min(...losses.slice(0, i), Infinity));
  }
  // Above η = 1 a step overshoots by more than it gains.
  expect(steepest).toBeLessThan(1);
  expect(valley).toBeLessThan(1);
});

test('restores the mode of each module', async () => {
  const { model, optimizer, train } = resumableTask();
  const frozen = [...model.modules()][2]!;
  frozen.eval();
  const modes = (): boolean[] => [...model.modules()].map((m) => m.training);
  const before = modes();
  await lrFind({ model, optimizer: optimizer as SGD, train, steps: 3 });
  expect(modes()).toEqual(before);
  expect(new Set(before)).toEqual(new Set([true, false]));
});

test('a loss that is not finite ends the curve, and stays out of it', async () => {
  const { curve, diverged } = await lrFind({
    ...line(),
    startLr: 1,
    endLr: 1e30,
    steps: 10,
    divergence: Infinity,
  });
  expect(diverged).toBe(true);
  expect(curve.every((p) => Number.isFinite(p.loss))).toBe(true);
});

test.each([true, false])(
  'leaves no trace: training is the same to the bit (after steps: %s)',
  async (trained) => {
    const run = async (find: boolean): Promise<unknown> => {
      const task = resumableTask();
      const begin = (): unknown => [
        task.model.training,
        [...defaultGenerator.getState()],
        (task.optimizer as SGD).lr,
      ];
      if (trained) await fit({ ...task, epochs: 1, callbacks: [] });
      const before = begin();
      if (find) {
        const { optimizer, model, train } = task;
        await lrFind({ model, optimizer: optimizer as SGD, train, steps: 6, endLr: 0.1 });
        expect(begin()).toEqual(before);
      }
      return bitsOf(task, await fit(task));
    };
    expect(await run(true)).toEqual(await run(false));
  },
);

test('restores after an error as well', async () => {
  const task = line();
  const x = arange(8).reshape([8, 1]).div(0);
  const train = new DataLoader(new TensorDataset({ x, y: ones([8, 1]) }), { batchSize: 4 });
  await expect(lrFind({ ...task, train })).rejects.toThrow(NumericError);
  expect(task.optimizer.lr).toBe(0.5);
  expect([...task.model.weight.dataSync()]).toEqual([0]);
  await expect(lrFind({ ...task, startLr: 1e10, endLr: 1e12 })).rejects.toThrow(
    /^lrFind: training diverged at step 2, with a learning rate of .*; use a lower startLr/,
  );
  expect([...task.model.weight.dataSync()]).toEqual([0]);
});

test.each([
  [{ startLr: 0 }, 'lrFind: startLr is 0; use a number above 0.'],
  [{ startLr: 1, endLr: 1 }, 'lrFind: endLr is 1; use a number above startLr, 1.'],
  [{ steps: 2 }, 'lrFind: steps is 2; use an integer of at least 3.'],
  [{ smoothing: 1 }, 'lrFind: smoothing is 1; use a number in [0, 1).'],
  [{ divergence: 1 }, 'lrFind: divergence is 1; use a number above 1.'],
])('refuses %j', async (options, message) => {
  await expect(lrFind({ ...line(), ...options })).rejects.toThrow(new ArgumentError(message));
});

test('refuses a source without batches, announced or not', async () => {
  for (const length of [0, 3]) {
    const train = { length, async *[Symbol.asyncIterator]() {} };
    await expect(lrFind({ ...line(), train })).rejects.toThrow(/train has no batches/);
  }
});
