// covers: src/train/history.ts, src/train/callback.ts, src/train/totals.ts, src/train/steps.ts
// covers: src/train/index.ts, src/train/breather.ts, src/train/progress-meter.ts
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import {
  asArrays,
  DataLoader,
  digits,
  DIGITS_NORMALIZATION,
  TensorDataset,
} from '../../src/data/index.js';
import { Dropout, Linear, mixup, Sequential, mseLoss } from '../../src/nn/index.js';
import { SGD } from '../../src/optim/index.js';
import {
  arange,
  fromData,
  manualSeed,
  rand,
  tensor,
  zeros,
  type Tensor,
} from '../../src/tensor/index.js';
import type { Callback, EpochRecord, FitOptions } from '../../src/train/index.js';
import { evaluate, fit } from '../../src/train/index.js';
import { digitsTask } from './digits-task.js';

/** An optimizer that leaves the parameters as they are. */
const idle = { zeroGrad: () => {}, step: () => {} };

test('learns digits, and says how', async () => {
  const task = digitsTask(2000);
  const result = await fit({ ...task, epochs: 4 });
  expect(result.steps).toBe(160);
  expect(result.stopped).toBeUndefined();
  expect(result.history.map((r) => r.epoch)).toEqual([1, 2, 3, 4]);
  const last = result.history[3]!;
  expect(last.valAccuracy).toBeGreaterThan(0.85);
  expect(last.accuracy).toBeGreaterThan(0.88);
  expect(last.loss).toBeLessThan(result.history[0]!.loss / 2);
  for (const r of result.history) {
    expect(r.seconds).toBeGreaterThan(0);
    expect(r.samplesPerSecond).toBeGreaterThan(0);
  }
  // Nothing has changed since the last validation.
  expect(task.model.training).toBe(false);
  const { loss, accuracy } = await evaluate(task.model, task.validation);
  expect([loss, accuracy]).toEqual([last.valLoss, last.valAccuracy]);
});

test('the loss of an epoch is the mean over its samples, whatever the batches', async () => {
  const { model } = digitsTask(50);
  const set = digits({ count: 130 }).normalized('x', DIGITS_NORMALIZATION);
  const { history } = await fit({
    model,
    optimizer: idle,
    train: new DataLoader(set, { batchSize: 60 }),
    validation: new DataLoader(set, { batchSize: 130 }),
    epochs: 1,
  });
  const { loss, valLoss, accuracy, valAccuracy } = history[0]!;
  expect(loss).toBeCloseTo(valLoss!, 5);
  expect(accuracy).toBe(valAccuracy);
});

test('augment is of training alone; metrics compare with the targets from before', async () => {
  const { model } = digitsTask(50);
  const set = digits({ count: 120 }).normalized('x', DIGITS_NORMALIZATION);
  const loader = () => new DataLoader(set, { batchSize: 60 });
  const options = { model, optimizer: idle, train: loader(), validation: loader(), epochs: 1 };
  const [plain] = (await fit(options)).history;
  const augment = (x: Tensor, y: Tensor) => ({ x: x.mul(0), y });
  const [blind] = (await fit({ ...options, augment })).history;
  const { values, shape } = set.column('y');
  const labels = fromData(values, shape, { dtype: 'i32' });
  const { loss } = await evaluate(
    model,
    new DataLoader(new TensorDataset({ x: zeros([120, 1, 28, 28]), y: labels }), {
      batchSize: 60,
    }),
  );
  expect(blind!.loss).toBeCloseTo(loss, 5);
  expect(blind!.loss).not.toBeCloseTo(plain!.loss, 3);
  expect([blind!.valLoss, blind!.valAccuracy]).toEqual([plain!.valLoss, plain!.valAccuracy]);

  manualSeed(1);
  const mixing = { ...options, augment: (x: Tensor, y: Tensor) => mixup(x, y, { numClasses: 10 }) };
  const [mixed] = (await fit(mixing)).history;
  expect(mixed!.loss).not.toBe(plain!.loss);
  expect(mixed!.accuracy! * 120).toBeCloseTo(Math.round(mixed!.accuracy! * 120), 6);
});

test('the same seeds give the same bits, other seeds others', async () => {
  const run = async (seed: number): Promise<(number | undefined)[]> => {
    manualSeed(seed);
    const model = new Sequential(new Linear(3, 8), new Dropout(0.3), new Linear(8, 2));
    const set = new TensorDataset({
      x: arange(60).reshape([20, 3]).mul(0.01),
      y: arange(20).mod(2).to('i32'),
    });
    const { history } = await fit({
      model,
      optimizer: new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
      train: new DataLoader(set, { batchSize: 6, shuffle: true, seed }),
      epochs: 3,
      seed: seed + 1,
    });
    return history.map((r) => r.loss);
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

test('other losses, without metrics; batches as arrays that are reused', async () => {
  const x = rand([64, 2]);
  const y = x.matmul(tensor([[1], [-2]]));
  const model = new Linear(2, 1);
  const { history } = await fit({
    model,
    optimizer: new SGD(model.parameters(), { lr: 0.5 }),
    loss: mseLoss,
    train: new DataLoader(new TensorDataset({ x, y }), {
      batchSize: 16,
      reuse: true,
      collate: asArrays,
    }),
    epochs: 60,
  });
  expect(history.at(-1)!.loss).toBeLessThan(1e-4);
  expect(Object.keys(history[0]!)).toEqual(['epoch', 'loss', 'seconds', 'samplesPerSecond']);
  expect(model.weight.dataSync()[0]).toBeCloseTo(1, 1);
});

test('callbacks see the progress, in order', async () => {
  const task = digitsTask(120);
  const seen: string[] = [];
  const records: EpochRecord[] = [];
  const callback: Callback = {
    onEpochStart: ({ epoch, epochs, step, loss }) => {
      seen.push(`start ${epoch}/${epochs} ${step} ${loss}`);
      task.optimizer.lr = 0.01 / epoch;
    },
    onStep: (p) => {
      seen.push(`step ${p.step}/${p.steps} ${p.totalSteps}`);
      expect(p.batchLoss).toBeGreaterThan(0);
      expect(p.loss).toBeGreaterThan(0);
      expect(p.accuracy).toBeGreaterThanOrEqual(0);
      expect(p.samplesPerSecond).toBeGreaterThan(0);
      expect(p.seconds).toBeGreaterThan(0);
      expect(Number.isNaN(p.secondsLeft)).toBe(p.totalSteps === 1);
    },
    onEpochEnd: async ({ progress, record }) => {
      await Promise.resolve();
      seen.push(`end ${progress.epoch}`);
      records.push(record);
    },
  };
  const { history } = await fit({ ...task, epochs: 2, callbacks: [callback] });
  expect(seen).toEqual([
    'start 1/2 0 NaN',
    'step 1/3 1',
    'step 2/3 2',
    'step 3/3 3',
    'end 1',
    'start 2/2 0 NaN',
    'step 1/3 4',
    'step 2/3 5',
    'step 3/3 6',
    'end 2',
  ]);
  expect(records).toEqual(history);
  expect(task.optimizer.lr).toBe(0.005);
});

test.each<[string, Callback, steps: number, epochs: number]>([
  ['onEpochStart', { onEpochStart: ({ epoch }) => (epoch === 2 ? 'stop' : undefined) }, 3, 1],
  ['onStep', { onStep: ({ totalSteps }) => (totalSteps === 5 ? 'stop' : undefined) }, 5, 1],
  ['onEpochEnd', { onEpochEnd: ({ record }) => (record.epoch === 2 ? 'stop' : undefined) }, 6, 2],
])('%s can stop training', async (_, callback, steps, epochs) => {
  const result = await fit({ ...digitsTask(120), epochs: 4, callbacks: [{}, callback, {}] });
  expect(result).toMatchObject({ steps, stopped: 'callback' });
  expect(result.history).toHaveLength(epochs);
});

test('a signal stops training after the step', async () => {
  const controller = new AbortController();
  const { steps, stopped, history } = await fit({
    ...digitsTask(500),
    epochs: 4,
    signal: controller.signal,
    callbacks: [
      { onStep: ({ totalSteps }) => (totalSteps === 12 ? controller.abort() : undefined) },
    ],
  });
  expect([steps, stopped, history.length]).toEqual([12, 'signal', 1]);
});

test('timers run during training', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const { stopped } = await fit({
    ...digitsTask(100),
    epochs: 100_000,
    callbacks: [
      {
        onStep: ({ seconds }) => (ticks > 0 || seconds > 20 ? 'stop' : undefined),
      },
    ],
  });
  clearInterval(timer);
  expect([stopped, ticks > 0]).toEqual(['callback', true]);
});

test('gradients are clipped, first each number, then all by their norm', async () => {
  const changed = async (options: Partial<FitOptions>): Promise<number[]> => {
    const model = new Linear(2, 1, { bias: false });
    model.weight.load([0, 0]);
    await fit({
      model,
      // The gradient is (-3, -4).
      loss: (output, target) => target.sub(output).sum(),
      optimizer: new SGD(model.parameters(), { lr: 1 }),
      train: new DataLoader(new TensorDataset({ x: tensor([[3, 4]]), y: tensor([[0]]) })),
      epochs: 1,
      ...options,
    });
    return [...model.weight.dataSync()];
  };
  expect(await changed({})).toEqual([3, 4]);
  expect(await changed({ clipGradValue: 3.5 })).toEqual([3, 3.5]);
  const [a, b] = await changed({ clipGradNorm: 1 });
  expect([a, b].map((v) => Number(v!.toFixed(5)))).toEqual([0.6, 0.8]);
  const both = await changed({ clipGradValue: 1, clipGradNorm: 1 });
  for (const value of both) expect(value).toBeCloseTo(Math.SQRT1_2, 5);
});

test('what cannot be used is refused', async () => {
  const task = digitsTask(50);
  for (const epochs of [0, -1, 1.5, NaN]) {
    await expect(fit({ ...task, epochs })).rejects.toThrow(`epochs is ${epochs}; give an integer`);
  }
  for (const key of ['clipGradNorm', 'clipGradValue']) {
    const options = { ...task, epochs: 1, [key]: 0 };
    await expect(fit(options)).rejects.toThrow(`fit: ${key} is 0; use a number above 0.`);
  }
  const metrics = ['f1' as 'accuracy'];
  await expect(fit({ ...task, epochs: 1, metrics })).rejects.toThrow("there is no metric 'f1'");
});

test('the heap stays flat over thousands of steps', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const model = new Linear(4, 3);
  const set = new TensorDataset({ x: rand([40, 4]), y: arange(40).mod(3).to('i32') });
  let before = 0;
  let after = 0;
  await fit({
    model,
    optimizer: new SGD(model.parameters(), { lr: 0.01 }),
    train: new DataLoader(set, { batchSize: 4 }),
    epochs: 1500,
    callbacks: [
      {
        onStep: ({ totalSteps }) => {
          // V8 goes on compiling for some thousand steps, and keeps what it compiles.
          if (totalSteps === 5000) before = heap();
          if (totalSteps === 15_000) after = heap();
        },
      },
    ],
  });
  // 1,000 records of epochs included; an object kept per step would be more than 1 MB.
  expect(after - before).toBeLessThan(700_000);
});
