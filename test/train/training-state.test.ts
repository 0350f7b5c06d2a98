// covers: src/train/checkpoint-sink.ts
import { expect, test } from 'vitest';
import { DataLoader, TensorDataset } from '../../src/data/index.js';
import { Linear } from '../../src/nn/index.js';
import { Adam, SGD } from '../../src/optim/index.js';
import { arange, zeros } from '../../src/tensor/index.js';
import { captureState, fit, restoreState, type TrainingState } from '../../src/train/index.js';
import { bitsOf, resumableTask, wholeRun } from './resumable-task.js';

/** As after a file: what JSON does not hold is lost. */
function throughJson({ arrays, ...plain }: TrainingState): TrainingState {
  return { ...(JSON.parse(JSON.stringify(plain)) as typeof plain), arrays };
}

test('checkpoints change nothing', async () => {
  const task = resumableTask();
  const plain = await fit(task);
  expect((await wholeRun()).bits).toEqual(bitsOf(task, plain));
});

test('resumed behind every step and every epoch, a run ends with the same bits', async () => {
  const { states, bits } = await wholeRun();
  // 4 steps and an end for each of 3 epochs.
  expect(states.map((s) => `${s.progress.totalSteps} ${s.progress.phase}`)).toEqual(
    [1, 2, 3].flatMap((e) => [
      ...[3, 2, 1, 0].map((left) => `${4 * e - left} training`),
      `${4 * e} done`,
    ]),
  );
  for (const state of states) {
    // Another seed: all that matters has to come from the state.
    const task = resumableTask(2);
    const train = new DataLoader((task.train as DataLoader<'x' | 'y'>).dataset, {
      batchSize: 6,
      shuffle: true,
      seed: 7,
    });
    const result = await fit({ ...task, train, resume: throughJson(state) });
    expect(bitsOf(task, result)).toEqual(bits);
  }
});

test('a state can be used twice, and what it resumed goes on to the same states', async () => {
  const { states, bits } = await wholeRun();
  for (let i = 0; i < 2; i++) {
    const task = resumableTask(3);
    const seen: TrainingState[] = [];
    const result = await fit({
      ...task,
      resume: states[5]!,
      checkpoints: { every: 1, save: (s) => void seen.push(s) },
    });
    expect(bitsOf(task, result)).toEqual(bits);
    const timeless = (s: TrainingState): unknown => ({
      ...s,
      progress: { ...s.progress, seconds: 0, epochSeconds: 0, history: [] },
    });
    expect(seen.map(timeless)).toEqual(states.slice(6).map(timeless));
  }
});

test('a signal in validation saves the state before it', async () => {
  const { bits } = await wholeRun();
  const controller = new AbortController();
  const task = resumableTask();
  let state: TrainingState | undefined;
  let batches = 0;
  const validation = {
    length: task.validation!.length,
    state: () => task.validation!.state!(),
    restore: (s: object) => task.validation!.restore!(s),
    async *[Symbol.asyncIterator]() {
      for await (const batch of task.validation!) {
        if (++batches === 7) controller.abort();
        yield batch;
      }
    },
  };
  const { stopped } = await fit({
    ...task,
    validation,
    signal: controller.signal,
    checkpoints: { save: (s) => void (state = s) },
  });
  expect([stopped, state?.progress.phase, state?.progress.epoch]).toEqual([
    'signal',
    'validation',
    2,
  ]);
  const other = resumableTask(5);
  const result = await fit({ ...other, resume: state! });
  expect(bitsOf(other, result)).toEqual(bits);
});

test('a signal saves the state behind the step; a callback that stopped has stopped for good', async () => {
  const controller = new AbortController();
  const states: TrainingState[] = [];
  const sink = { save: (s: TrainingState): void => void states.push(s) };
  const abort = {
    onStep: ({ totalSteps }: { totalSteps: number }) => {
      if (totalSteps === 3) controller.abort();
    },
  };
  const task = resumableTask();
  const callbacks = [...task.callbacks!, abort];
  await fit({ ...task, callbacks, signal: controller.signal, checkpoints: sink });
  expect(states.map((s) => s.progress.totalSteps)).toEqual([3]);
  expect(states[0]!.progress.stopped).toBeUndefined();

  const stop = {
    onStep: ({ totalSteps }: { totalSteps: number }) =>
      totalSteps === 6 ? ('stop' as const) : undefined,
  };
  const next = resumableTask();
  const first = await fit({ ...next, callbacks: [...next.callbacks!, stop], checkpoints: sink });
  expect(first).toMatchObject({ steps: 6, stopped: 'callback' });
  const last = resumableTask();
  const again = await fit({ ...last, resume: states.at(-1)! });
  expect(again).toMatchObject({ steps: 6, stopped: 'callback' });
  expect(bitsOf(last, again)).toEqual(bitsOf(next, first));
});

test('an error of the sink ends training', async () => {
  const save = (): never => {
    throw new Error('no room');
  };
  await expect(fit({ ...resumableTask(), checkpoints: { save } })).rejects.toThrow('no room');
});

test('times and paces go on', async () => {
  const { states } = await wholeRun();
  const progress = { ...states[4]!.progress, seconds: 100 };
  const seen: number[] = [];
  await fit({
    ...resumableTask(),
    resume: { ...states[4]!, progress },
    callbacks: [
      {
        onStep: (p) => {
          seen.push(p.totalSteps);
          expect(p.seconds).toBeGreaterThan(100);
          expect(p.samplesPerSecond).toBeGreaterThan(0);
          expect(Number.isNaN(p.secondsLeft)).toBe(p.totalSteps === 5);
          expect(p.secondsLeft).not.toBeGreaterThan(50);
        },
      },
    ],
  });
  expect(seen).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
});

test('what does not fit is refused', async () => {
  const { states } = await wholeRun();
  const state = states[2]!;
  const refuses = async (options: object, message: RegExp): Promise<void> => {
    await expect(fit({ ...resumableTask(), resume: state, ...options })).rejects.toThrow(message);
  };
  const model = new Linear(3, 2);
  await refuses({ model }, /fit: cannot resume: loadStateDict: the state does not fit this Linear/);
  const sgd = new SGD(resumableTask().model.parameters(), { lr: 1 });
  await refuses({ optimizer: sgd }, /cannot resume: .*this SGD: it is of Adam/);
  const adam = new Adam([resumableTask().model.parameters().next().value!]);
  await refuses({ optimizer: adam }, /cannot resume: .*its groups have \[4\] parameters/);
  const set = new TensorDataset({ x: zeros([24, 3]), y: arange(24).to('i32') });
  await refuses(
    { train: new DataLoader(set, { batchSize: 6 }) },
    /cannot resume: .*a set of 22, this set has 24/,
  );
  await refuses(
    { train: new DataLoader(set, { batchSize: 12 }) },
    /cannot resume: the state is in epoch 1 of 4 steps, this run has 3 epochs of 2/,
  );
  const late = { ...state, progress: { ...state.progress, epoch: 4 } };
  await refuses({ resume: late }, /cannot resume: the state is in epoch 4/);
  const { generator: _, ...arrays } = state.arrays;
  await refuses({ resume: { ...state, arrays } }, /'generator' is missing/);
  const idle = { zeroGrad: () => {}, step: () => {} };
  await refuses({ optimizer: idle }, /the optimizer has no stateDict\(\) and loadStateDict\(\)/);
  expect(() => captureState({ ...resumableTask(), optimizer: idle }, state.progress)).toThrow(
    'captureState: the optimizer has no',
  );
  const endless = { length: 1, [Symbol.asyncIterator]: () => ({}) as never };
  expect(() => restoreState({ ...resumableTask(), train: endless }, state)).toThrow(
    'restoreState: the source of batches has no state() and restore()',
  );
});
