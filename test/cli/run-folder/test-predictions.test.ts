import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPredictions, savePredictions } from '../../../src/cli/run-folder/test-predictions.js';
import { chooseSamples } from '../../../src/cli/run-folder/test-predictions.js';
import { aRun } from '../report/a-run.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-predictions-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('written and read', async () => {
  const file = join(folder, 'a.npz');
  const p = aRun().predictions!;
  await savePredictions(file, p);
  const back = await loadPredictions(file, 2);
  expect(Array.from(back.predicted)).toEqual(p.predicted);
  expect(Array.from(back.labels)).toEqual(p.labels);
  expect(Array.from(back.imageIndex)).toEqual(p.imageIndex);
  expect(Array.from(back.confidence)).toEqual([...Float32Array.from([0.9, 0.8, 0.51, 0.7])]);
  expect(back.images).toEqual(p.images);
});

test('what does not fit is refused', async () => {
  const file = join(folder, 'b.npz');
  const p = aRun().predictions!;
  await savePredictions(file, p);
  await expect(loadPredictions(file, 1)).rejects.toThrow(/none of the 1 of the run/);
  await savePredictions(file, { ...p, predicted: [0] });
  await expect(loadPredictions(file, 2)).rejects.toThrow(/differ in length/);
  await savePredictions(file, { ...p, imageIndex: [0, 4] });
  await expect(loadPredictions(file, 2)).rejects.toThrow(/images are not u8/);
});

test('samples to show: wrong ones, then right ones, the classes in turn', () => {
  //              0  1  2  3  4  5  6
  const labels = [0, 0, 0, 1, 1, 2, 2];
  const given = [1, 1, 0, 0, 1, 2, 0];
  expect(chooseSamples(labels, given, 3)).toEqual([0, 3, 6, 1, 2, 4, 5]);
  const many = Array.from({ length: 500 }, (_, i) => i % 10);
  const wrong = many.map((c, i) => (i < 100 ? (c + 1) % 10 : c));
  expect(chooseSamples(many, wrong, 10)).toHaveLength(36);
});
