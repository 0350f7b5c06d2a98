// covers: src/train/learning-curve-report.ts
import { expect, test } from 'vitest';
import { DataLoader, digits, DIGITS_NORMALIZATION, Subset, split } from '../../src/data/index.js';
import { permutation } from '../../src/data/random.js';
import { Flatten, Linear, Sequential, mseLoss } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import { manualSeed } from '../../src/tensor/index.js';
import type { LearningCurveOptions, LearningCurvePoint } from '../../src/train/index.js';
import { evaluate, fit, learningCurve, learningCurveReport } from '../../src/train/index.js';

const set = digits({ count: 400 }).normalized('x', DIGITS_NORMALIZATION);
const { train: data, validation: held } = split(set, { validation: 100 });
const create: LearningCurveOptions['create'] = () => {
  const model = new Sequential(new Flatten(), new Linear(784, 10));
  return { model, optimizer: new Adam(model.parameters(), { lr: 3e-3 }) };
};
const validation = new DataLoader(held, { batchSize: 100 });

test('with more samples the gap narrows, and the report says so', async () => {
  const sizes = [1, 30, 0.5, 300];
  const seeds = [0, 1];
  const points = await learningCurve({ create, data, validation, sizes, seeds, steps: 60 });
  expect(points.map(({ size }) => size)).toEqual([30, 150, 300]);
  const [small, , large] = points as [LearningCurvePoint, LearningCurvePoint, LearningCurvePoint];
  expect(small.train.accuracy).toBeGreaterThan(0.95);
  expect(large.validation.accuracy).toBeGreaterThan(small.validation.accuracy! + 0.1);
  expect(large.validation.loss).toBeLessThan(small.validation.loss);
  for (const point of points) {
    expect(point.runs.map(({ seed }) => seed)).toEqual(seeds);
    const [a, b] = point.runs.map((run) => run.validation.loss);
    expect(a).not.toBe(b);
    expect(point.validation.loss).toBe((a! + b!) / 2);
  }
  const { moreDataHelps, gap, text } = learningCurveReport(points);
  expect(moreDataHelps).toBe(true);
  expect(gap).toBe(large.validation.loss - large.train.loss);
  expect(text).toMatch(
    /^With 300 samples .* From 150 samples on .*: more data would help\. The gap/,
  );
});

test('each run is one of fit, on the first samples of one order', async () => {
  const [point] = await learningCurve({
    create,
    data,
    validation,
    sizes: [64],
    seeds: [3],
    epochs: 2,
  });
  const part = new Subset(data, permutation(data.length, 3, 'split').subarray(0, 64));
  const train = new DataLoader(part, { batchSize: 32, shuffle: true, seed: 3 });
  manualSeed(3);
  const { model, optimizer } = create();
  await fit({ model, optimizer, train, epochs: 2 });
  expect(point!.validation).toEqual(await evaluate(model, validation));
  const seen = await evaluate(model, new DataLoader(part, { batchSize: 64 }));
  expect(point!.train).toEqual(seen);
});

test('other losses, and parts smaller than a batch', async () => {
  const loss: LearningCurveOptions['loss'] = (y, t) => mseLoss(y, t.oneHot(10));
  const points = await learningCurve({ create, data, validation, sizes: [5], epochs: 1, loss });
  expect(points[0]!.train.accuracy).toBeUndefined();
  expect(points[0]!.validation.loss).toBeGreaterThan(0);
});

const point = (size: number, train: number, valid: number): LearningCurvePoint => ({
  size,
  train: { loss: train },
  validation: { loss: valid },
  runs: [],
});

test('what the report says', () => {
  const flat = learningCurveReport([point(50, 0.2, 2), point(100, 0.9, 1), point(200, 0.95, 0.99)]);
  expect(flat.moreDataHelps).toBe(false);
  expect(flat.text).toBe(
    'With 200 samples the loss is 0.95 in training and 0.99 in validation. With 100 samples it was ' +
      'about the same: more data of this kind would help little. The gap is small: if that is not ' +
      'good enough, the model under-fits. Make it larger.',
  );
  const steep = learningCurveReport([point(100, 0.1, 1), point(200, 0.2, 0.75)]);
  expect(steep.moreDataHelps).toBe(true);
  expect(steep.text).toContain(
    'fell by 25%: more data would help. The gap is large: the model over',
  );
  expect(() => learningCurveReport([])).toThrow('learningCurveReport: there is no point; give at');
  expect(() => learningCurveReport([point(1, 1, 1)])).toThrow('there is one point');
});

test('what cannot be used is refused', async () => {
  const refused = (options: Partial<LearningCurveOptions>): Promise<unknown> =>
    learningCurve({ create, data, validation, epochs: 1, ...options });
  await expect(refused({ sizes: [0] })).rejects.toThrow('sizes has 0 of 300 samples; give shares');
  await expect(refused({ sizes: [0.5, 301] })).rejects.toThrow('sizes has 301 of 300 samples');
  await expect(refused({ sizes: [] })).rejects.toThrow('sizes is empty');
  await expect(refused({ seeds: [] })).rejects.toThrow('seeds is empty');
  await expect(refused({ steps: 3 })).rejects.toThrow('give either epochs or steps');
  await expect(refused({ epochs: 0 })).rejects.toThrow('epochs is 0; use an integer');
  await expect(refused({ batchSize: 1.5 })).rejects.toThrow('batchSize is 1.5; use an integer');
});
