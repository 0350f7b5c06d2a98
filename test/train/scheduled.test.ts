import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import {
  type Adam,
  ChainedScheduler,
  CosineAnnealingLR,
  ExponentialLR,
  LinearLR,
  OneCycleLR,
  ReduceLROnPlateau,
  type LRScheduler,
} from '../../src/optim/index.js';
import type { EpochRecord, FitOptions, TrainingState } from '../../src/train/index.js';
import { decodeCheckpoint, encodeCheckpoint, fit, scheduled } from '../../src/train/index.js';
import { bitsOf, resumableTask } from './resumable-task.js';

type Task = ReturnType<typeof resumableTask>;

/** The rates that each of the 12 steps of the task was made with. */
async function ratesOf(make: (optimizer: Adam) => FitOptions['callbacks']): Promise<number[]> {
  const task = resumableTask();
  const optimizer = task.optimizer as Adam;
  const rates: number[] = [];
  // The step is recorded once, so that the rate is read where its batch is handed out.
  const train = task.train;
  const source = {
    length: train.length,
    async *[Symbol.asyncIterator]() {
      for await (const batch of train) {
        rates.push(optimizer.lr);
        yield batch;
      }
    },
  };
  await fit({ ...task, train: source, callbacks: make(optimizer)! });
  return rates;
}

test('after each epoch, or after each step', async () => {
  const epochs = await ratesOf((o) => [scheduled(new ExponentialLR(o, { gamma: 0.5 }))]);
  expect(epochs).toEqual([1, 2, 4].flatMap((by) => Array<number>(4).fill(0.01 / by)));
  const steps = await ratesOf((o) => [
    scheduled(new ExponentialLR(o, { gamma: 0.5 }), { every: 'step' }),
  ]);
  expect(steps).toEqual(Array.from({ length: 12 }, (_, t) => 0.01 / 2 ** t));
});

test('schedules of different pace multiply', async () => {
  const rates = await ratesOf((o) => [
    scheduled(new LinearLR(o, { startFactor: 0.25, totalIters: 3 }), { every: 'step' }),
    scheduled(new ExponentialLR(o, { gamma: 0.5 })),
  ]);
  const wanted = [0.25, 0.5, 0.75, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25];
  for (const [t, factor] of wanted.entries()) expect(rates[t]).toBeCloseTo(0.01 * factor, 12);
});

test('one cycle takes as many steps as the run has', async () => {
  const options = { maxLr: 0.1, epochs: 3, stepsPerEpoch: 4 };
  const rates = await ratesOf((o) => [scheduled(new OneCycleLR(o, options), { every: 'step' })]);
  expect(rates[0]).toBeCloseTo(0.1 / 25, 12);
  expect(rates[11]).toBeCloseTo(0.1 / 25 / 1e4, 12);
  expect(Math.max(...rates)).toBeGreaterThan(0.09);
});

test.each(['loss', 'valLoss'] as const)('a plateau is seen in %s', async (monitor) => {
  for (const mode of ['min', 'max'] as const) {
    const records: EpochRecord[] = [];
    const rates = await ratesOf((o) => [
      scheduled(new ReduceLROnPlateau(o, { mode, patience: 0, factor: 0.5 }), { monitor }),
      { onEpochEnd: ({ record }) => void records.push(record) },
    ]);
    const [first, second] = records.map((record) => record[monitor]!);
    expect(Math.abs(second! / first! - 1)).toBeGreaterThan(1e-3);
    const better = second! < first! === (mode === 'min');
    expect(rates.slice(0, 8)).toEqual(Array<number>(8).fill(0.01));
    expect(rates.slice(8)).toEqual(Array<number>(4).fill(better ? 0.01 : 0.005));
  }
});

describe('a run that resumes goes on with the schedule, to the same bits', () => {
  const withSchedules = (seed: number): Task => {
    const task = resumableTask(seed);
    const optimizer = task.optimizer as Adam;
    const cosine = new CosineAnnealingLR(optimizer, { tMax: 12 });
    const perStep: LRScheduler = new ChainedScheduler([
      cosine,
      new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
    ]);
    const plateau = new ReduceLROnPlateau(optimizer, { mode: 'max', patience: 0, factor: 0.7 });
    // The task's own stays in its place, where `bitsOf` looks for it.
    const callbacks = [
      ...task.callbacks!,
      scheduled(perStep, { every: 'step' }),
      scheduled(plateau, { monitor: 'loss' }),
    ];
    return { ...task, callbacks };
  };

  test('behind every step and every epoch', async () => {
    const files: Uint8Array[] = [];
    const whole = withSchedules(1);
    const save = (state: TrainingState): void => void files.push(encodeCheckpoint(state));
    const bits = bitsOf(whole, await fit({ ...whole, checkpoints: { every: 1, save } }));
    const end = (whole.optimizer as Adam).lr;
    expect(files.length).toBe(15);
    for (const file of files) {
      const task = withSchedules(2);
      const { state } = decodeCheckpoint(file);
      const train = resumableTask(1).train;
      expect(bitsOf(task, await fit({ ...task, train, resume: state }))).toEqual(bits);
      expect((task.optimizer as Adam).lr).toBe(end);
    }
  });

  test('and one without the schedule would not', async () => {
    const plain = resumableTask(1);
    const other = withSchedules(1);
    expect(bitsOf(other, await fit(other))).not.toEqual(bitsOf(plain, await fit(plain)));
  });

  test('a state of another schedule is refused', async () => {
    const states: TrainingState[] = [];
    const save = (state: TrainingState): void => void states.push(state);
    await fit({ ...withSchedules(1), checkpoints: { save } });
    const task = resumableTask(1);
    const schedule = new ExponentialLR(task.optimizer as Adam, { gamma: 0.5 });
    const callbacks = [...task.callbacks!, scheduled(schedule, { every: 'step' })];
    await expect(fit({ ...task, callbacks, resume: states[0]! })).rejects.toThrow(
      'fit: cannot resume: loadStateDict: the state does not fit this ExponentialLR: it is of ' +
        'ChainedScheduler',
    );
  });
});

describe('bad input', () => {
  const optimizer = (): Adam => resumableTask().optimizer as Adam;
  test('a plateau at every step', () => {
    const schedule = new ReduceLROnPlateau(optimizer());
    expect(() => scheduled(schedule, { every: 'step' })).toThrow(ArgumentError);
    expect(() => scheduled(schedule, { every: 'batch' as 'step' })).toThrow("every is 'batch'");
  });
  test('a metric that is not measured', async () => {
    const task = resumableTask();
    const schedule = new ReduceLROnPlateau(task.optimizer as Adam);
    const callbacks = [scheduled(schedule, { monitor: 'valAccuracy' })];
    const { validation: _, ...rest } = task;
    await expect(fit({ ...rest, callbacks })).rejects.toThrow("monitor is 'valAccuracy'");
  });
});
