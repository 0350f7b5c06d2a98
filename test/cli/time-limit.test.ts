import { expect, test } from 'vitest';
import { TimeBudget, TimeLimit } from '../../src/cli/time-limit.js';
import type { EpochRecord, Progress } from '../../src/train/index.js';

const progress = (epoch: number, seconds: number): Progress => ({
  epoch,
  epochs: 5,
  step: 1,
  steps: 2,
  totalSteps: 1,
  batchLoss: 1,
  loss: 1,
  accuracy: 1,
  samplesPerSecond: 1,
  seconds,
  secondsLeft: 1,
});
const record: EpochRecord = { epoch: 1, loss: 1, seconds: 3, samplesPerSecond: 1 };
const end = (limit: TimeLimit, epoch: number, seconds: number): unknown =>
  limit.onEpochEnd({ progress: progress(epoch, seconds), record });

test('no epoch is begun that would not fit', () => {
  const limit = new TimeLimit(10);
  expect(end(limit, 2, 6.9)).toBeUndefined();
  expect(limit.stopped).toBeUndefined();
  expect(end(limit, 3, 7.1)).toBe('stop');
  expect(limit.stopped).toBe('in epoch 3 of 5, as 10 s were set aside');
});

test('the last epoch is no stop; a long epoch ends within', () => {
  const limit = new TimeLimit(10);
  expect(end(limit, 5, 9)).toBeUndefined();
  expect(limit.onStep(progress(1, 9.9))).toBeUndefined();
  expect(limit.onStep(progress(1, 10.1))).toBe('stop');
});

test('what a model leaves over, the others share', () => {
  const budget = new TimeBudget(50, 5);
  expect(budget.share).toBe(10);
  budget.spend(2);
  expect(budget.share).toBe(12);
  budget.spend(60);
  expect(budget.share).toBe(0);
});
