// covers: src/train/best-weights.ts
import { expect, test } from 'vitest';
import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { BatchNorm1d, Linear, Module } from '../../src/nn/index.js';
import { SGD } from '../../src/optim/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Parameter, StateTensor, tensor, zeros } from '../../src/tensor/index.js';
import type { EpochRecord, FitOptions, FitResult, TrainingState } from '../../src/train/index.js';
import { EarlyStopping, fit } from '../../src/train/index.js';

/** w grows by 1 in each epoch, and the loss is (w - 3)²; the buffer counts the epochs. */
class Walker extends Module {
  readonly w = new Parameter(zeros([1]));
  readonly count = new StateTensor(zeros([], { dtype: 'i32' }));
  forward(x: Tensor): Tensor {
    if (this.training) this.count.assign(this.count.add(1));
    return x.mul(this.w);
  }
}

interface Walk {
  readonly model: Walker;
  readonly stopping: EarlyStopping;
  run(options?: Partial<FitOptions>): Promise<FitResult>;
}

function walk(options: ConstructorParameters<typeof EarlyStopping>[1] = {}): Walk {
  const model = new Walker();
  const stopping = new EarlyStopping(model, options);
  const set = new TensorDataset({ x: tensor([[1]]), y: tensor([[3]]) });
  const inner = new SGD(model.parameters(), { lr: 1 });
  const run = (more: Partial<FitOptions> = {}): Promise<FitResult> =>
    fit({
      model,
      optimizer: {
        zeroGrad: () => inner.zeroGrad(),
        step: () => model.w.assign(model.w.add(1)),
        stateDict: () => inner.stateDict(),
        loadStateDict: (state) => inner.loadStateDict(state),
      },
      loss: (y, t) => y.sub(t).pow(2).mean(),
      train: new DataLoader(set),
      validation: new DataLoader(set),
      epochs: 20,
      callbacks: [stopping],
      ...more,
    });
  return { model, stopping, run };
}

function stateOf({ model, stopping }: Walk): unknown {
  return [model.w.dataSync()[0], model.count.item(), stopping.best];
}

test('ends after the patience, with the weights and buffers of the best epoch', async () => {
  const task = walk({ patience: 2 });
  const { history, stopped } = await task.run();
  expect(history.map(({ valLoss }) => valLoss)).toEqual([4, 1, 0, 1, 4]);
  expect(stopped).toBe('callback');
  expect(stateOf(task)).toEqual([3, 3, { epoch: 3, value: 0 }]);
});

test('also where the epochs are over, or another callback ends training', async () => {
  const last = walk({ patience: 9 });
  expect((await last.run({ epochs: 5 })).stopped).toBeUndefined();
  expect(stateOf(last)).toEqual([3, 3, { epoch: 3, value: 0 }]);
  const other = walk({ patience: 9 });
  const ends = { onEpochEnd: ({ record }: { record: EpochRecord }) => stopAfter(4, record) };
  await other.run({ callbacks: [other.stopping, ends] });
  expect(stateOf(other)).toEqual([3, 3, { epoch: 3, value: 0 }]);
});

const stopAfter = (epoch: number, record: EpochRecord): 'stop' | undefined =>
  record.epoch === epoch ? 'stop' : undefined;

test('without restoreBest, and after an interruption, the model stays as it is', async () => {
  const plain = walk({ restoreBest: false });
  await plain.run();
  expect(stateOf(plain)).toEqual([6, 6, { epoch: 3, value: 0 }]);
  const controller = new AbortController();
  const cut = walk();
  const abort = {
    onStep: ({ epoch }: { epoch: number }) => (epoch === 5 ? controller.abort() : undefined),
  };
  const { stopped } = await cut.run({
    callbacks: [cut.stopping, abort],
    signal: controller.signal,
  });
  expect(stopped).toBe('signal');
  expect(stateOf(cut)).toEqual([5, 5, { epoch: 3, value: 0 }]);
});

test('a run that resumes ends as one that never stopped', async () => {
  const whole = walk();
  const states: TrainingState[] = [];
  const { history } = await whole.run({
    checkpoints: { every: 1, save: (s) => void states.push(s) },
  });
  expect(states.length).toBe(2 * 6);
  for (const { arrays, ...plain } of states) {
    const task = walk();
    const resume = { ...(JSON.parse(JSON.stringify(plain)) as typeof plain), arrays };
    const result = await task.run({ resume });
    expect(stateOf(task)).toEqual(stateOf(whole));
    expect(result.history.map(({ epoch }) => epoch)).toEqual(history.map(({ epoch }) => epoch));
  }
});

test('what is better, and what is worth waiting for', () => {
  const model = new BatchNorm1d(1);
  const after = (
    values: readonly number[],
    options: ConstructorParameters<typeof EarlyStopping>[1],
  ): number | undefined => {
    const stopping = new EarlyStopping(model, options);
    const at = values.findIndex((value, i) => {
      const record = {
        epoch: i + 1,
        loss: value,
        valAccuracy: value,
        seconds: 1,
        samplesPerSecond: 1,
      };
      return stopping.onEpochEnd({ record }) === 'stop';
    });
    return at < 0 ? undefined : at + 1;
  };
  const loss = { monitor: 'loss', patience: 2 } as const;
  expect(after([5, 4, 3, 2, 1], loss)).toBeUndefined();
  expect(after([5, 5, 5], loss)).toBe(3);
  expect(after([5, 6, 4, 6, 6], loss)).toBe(5);
  expect(after([5, 4.9, 4.8, 4.7], { ...loss, minDelta: 0.15 })).toBeUndefined();
  expect(after([5, 4.9, 4.88, 4.85], { ...loss, minDelta: 0.15 })).toBe(3);
  expect(after([NaN, NaN, 1], loss)).toBe(2);
  expect(after([NaN, 3, NaN, NaN], loss)).toBe(4);
  expect(after([0.5, 0.4, 0.6, 0.6, 0.5], { monitor: 'valAccuracy', patience: 2 })).toBe(5);
  expect(after([0.5, 0.6, 0.7], { monitor: 'valAccuracy', mode: 'min', patience: 2 })).toBe(3);
});

test('what cannot be used is refused', async () => {
  const model = new Linear(1, 1);
  const mode = 'least' as 'min';
  expect(() => new EarlyStopping(model, { mode })).toThrow("mode is 'least'; use 'min' or 'max'.");
  expect(() => new EarlyStopping(model, { patience: 0 })).toThrow('patience is 0; use an integer');
  expect(() => new EarlyStopping(model, { minDelta: -1 })).toThrow('minDelta is -1; use a number');
  await expect(walk({ monitor: 'valAccuracy' }).run()).rejects.toThrow(
    "EarlyStopping: monitor is 'valAccuracy', which this run does not measure; give fit",
  );
});
