// covers: src/train/plain-numbers.ts
import { describe, expect, test } from 'vitest';
import type { EpochRecord, FitDiagnosis } from '../../src/train/index.js';
import { gapReport } from '../../src/train/index.js';

function history(...rows: readonly (readonly [loss: number, valLoss: number])[]): EpochRecord[] {
  return rows.map(([loss, valLoss], i) => ({
    epoch: i + 1,
    loss,
    valLoss,
    seconds: 1,
    samplesPerSecond: 1,
  }));
}

const SETTLED = history([2, 2], [0.9, 1], [0.9, 1.01], [0.89, 0.99], [0.88, 1], [0.87, 0.99]);

const CASES: readonly (readonly [FitDiagnosis, EpochRecord[], string])[] = [
  ['too short', history([2, 2], [1, 1]), 'Too few epochs'],
  [
    'diverging',
    history([2, 2], [1, 1.2], [2.5, 1.2]),
    'The training loss rose from 2: training div',
  ],
  [
    'over-fitting',
    history([2, 2], [1, 1.2], [0.5, 1.5], [0.2, 1.8]),
    'was lowest in epoch 2 of 4, 1.2, and is 50% higher now, while the training loss fell from 1: ',
  ],
  [
    'unstable',
    history([2, 2], [1, 1.2], [1.5, 1.5]),
    'is 25% higher now, and so is the training loss: lower the learning rate.',
  ],
  ['still learning', history([2, 2], [1.5, 1.5], [1.2, 1.2], [1, 1]), 'train for more epochs'],
  [
    'large gap',
    history([2, 2], [0.5, 1], [0.3, 0.99], [0.2, 1], [0.1, 0.99]),
    'The model does much better on what it has seen',
  ],
  ['settled', SETTLED, 'Both have settled, close to each other.'],
];

describe('what a run looks like', () => {
  test.each(CASES)('%s', (diagnosis, records, text) => {
    const report = gapReport(records);
    expect(report.diagnosis).toBe(diagnosis);
    expect(report.text).toContain(text);
    const last = records.at(-1)!;
    expect(report.gap).toBe(last.valLoss! - last.loss);
  });
  test('under-fitting, where a target is given', () => {
    const report = gapReport(SETTLED, { target: 0.5 });
    expect(report.diagnosis).toBe('under-fitting');
    expect(report.text).toContain('above the target of 0.5: the model under-fits');
    expect(gapReport(SETTLED, { target: 0.9 }).diagnosis).toBe('settled');
  });
  test('with other bounds', () => {
    expect(gapReport(SETTLED, { largeGap: 0.1 }).diagnosis).toBe('large gap');
    expect(gapReport(SETTLED, { tolerance: 0, largeGap: 1 }).diagnosis).toBe('settled');
    const noisy = history([2, 2], [1, 1], [0.95, 1.02]);
    expect(gapReport(noisy).diagnosis).toBe('settled');
    expect(gapReport(noisy, { tolerance: 0.01 }).diagnosis).toBe('over-fitting');
  });
  test('of losses below 0 as well', () => {
    const falling = history([-1, -1], [-2, -2], [-3, -3]);
    expect(gapReport(falling).diagnosis).toBe('still learning');
    expect(gapReport(history([-1, -1], [-3, -3], [-4, -2])).diagnosis).toBe('over-fitting');
  });
});

test('the numbers, of the epochs with validation', () => {
  const records = history([2, 2], [1, 1.5], [0.5, 1.25]).map((r) => ({
    ...r,
    accuracy: 0.9,
    valAccuracy: 0.75,
  }));
  const { bestEpoch, accuracyGap, text } = gapReport([
    ...records,
    { ...records[0]!, epoch: 4, valLoss: 3 },
  ]);
  expect(bestEpoch).toBe(3);
  expect(accuracyGap).toBeCloseTo(0.15, 12);
  expect(text).toMatch(
    /^After 4 epochs the loss is 2 in training and 3 in validation; accuracy 90.0% and 75.0%\. /,
  );
  expect(gapReport(history([2, 2])).text).toMatch(/^After 1 epoch the/);
});

test('what cannot be used is refused', () => {
  const [{ valLoss: _, ...without }] = history([1, 1]) as [Required<EpochRecord>];
  expect(() => gapReport([])).toThrow('gapReport: the history has no epoch with a valLoss');
  expect(() => gapReport([without])).toThrow('give fit a validation part');
  expect(() => gapReport(SETTLED, { tolerance: -1 })).toThrow('tolerance is -1; use a number');
  expect(() => gapReport(SETTLED, { largeGap: NaN })).toThrow('largeGap is NaN');
});
