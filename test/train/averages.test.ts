// covers: src/train/fit.ts, src/train/training-state.ts
import { expect, test } from 'vitest';
import { ExponentialMovingAverage } from '../../src/optim/index.js';
import { evaluate, fit, type FitOptions, type TrainingState } from '../../src/train/index.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/train/index.js';
import { bitsOf, resumableTask } from './resumable-task.js';

type Task = ReturnType<typeof resumableTask> & {
  readonly averages: ExponentialMovingAverage;
};

function averagedTask(seed = 1): Task {
  const task = resumableTask(seed);
  const averages = new ExponentialMovingAverage(task.model.parameters(), { decay: 0.8 });
  return { ...task, averages };
}

function numbersOf(averages: ExponentialMovingAverage): number[] {
  return Object.values(averages.stateDict()).flatMap((t) => [...t.dataSync()]);
}

test('training is the same, validation is of the averages', async () => {
  const plain = resumableTask();
  const alone = await fit(plain);
  const averaged = averagedTask();
  const both = await fit(averaged);
  const weights = (o: FitOptions): number[] =>
    Object.values(o.model.stateDict()).flatMap((t) => [...t.dataSync()]);
  expect(weights(averaged)).toEqual(weights(plain));
  expect(both.history.map((r) => r.loss)).toEqual(alone.history.map((r) => r.loss));
  const { valLoss } = both.history.at(-1)!;
  expect(valLoss).not.toBe(alone.history.at(-1)!.valLoss);
  const { validation, model, averages } = averaged;
  const again = await averages.withAverages(() => evaluate(model, validation!));
  // Batches come in another order.
  expect(again.loss).toBeCloseTo(valLoss!, 6);
  expect(averages.stateDict()['updates']!.item()).toBe(12);
});

test('a run that resumes goes on with them, to the same bits', async () => {
  const files: Uint8Array[] = [];
  const whole = averagedTask();
  const save = (state: TrainingState): void => void files.push(encodeCheckpoint(state));
  const bits = bitsOf(whole, await fit({ ...whole, checkpoints: { every: 1, save } }));
  for (const file of [files[0]!, files[3]!, files[4]!, files[10]!]) {
    const task = averagedTask(2);
    const resume = decodeCheckpoint(file).state;
    const result = await fit({ ...task, train: resumableTask(1).train, resume });
    expect(bitsOf(task, result)).toEqual(bits);
    expect(numbersOf(task.averages)).toEqual(numbersOf(whole.averages));
  }
});

test('a state without averages is refused', async () => {
  const states: TrainingState[] = [];
  const save = (state: TrainingState): void => void states.push(state);
  await fit({ ...resumableTask(), checkpoints: { save } });
  await expect(fit({ ...averagedTask(), resume: states[0]! })).rejects.toThrow(
    "fit: cannot resume: loadStateDict: the state does not fit this ExponentialMovingAverage: '0' is " +
      'missing',
  );
});
