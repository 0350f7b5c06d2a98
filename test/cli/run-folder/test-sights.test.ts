// covers: src/cli/report/sights.ts, src/cli/report/scatter.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/cli/report/report.js';
import { TEXTS } from '../../../src/cli/report/texts.js';
import { loadSights, saveSights, seeTest } from '../../../src/cli/run-folder/test-sights.js';
import type { TestSights } from '../../../src/cli/run-folder/test-sights.js';
import type { TestPredictions } from '../../../src/cli/run-folder/test-predictions.js';
import type { Training } from '../../../src/cli/training.js';
import { digits, DIGITS_NORMALIZATION } from '../../../src/data/index.js';
import type { Conv2d } from '../../../src/nn/index.js';
import { embeddings, gradCam, tSne } from '../../../src/seeing/index.js';
import { fromData, manualSeed, tensor } from '../../../src/tensor/index.js';
import {
  completeOptions,
  FAMILIES,
  type FamilyOptions,
  type TrainableModel,
} from '../../../src/train/index.js';
import { aRun } from '../report/a-run.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-sights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const raw = digits({ count: 24, seed: 2, part: 'test' });
const labels = Int32Array.from(raw.column('y').values);
/** Every third is taken for the next class. */
const predicted = labels.map((label, i) => (i % 3 === 0 ? (label + 1) % 10 : label));
const predictions: TestPredictions = {
  labels,
  predicted,
  confidence: new Float32Array(24).fill(0.5),
  images: { dtype: 'u8', shape: [0, 1, 1, 1], values: new Uint8Array() },
  imageIndex: [],
};
const testPart = raw.normalized('x', DIGITS_NORMALIZATION);
const x = fromData(testPart.column('x').values as Float32Array, [24, 1, 28, 28]);
const classes = Array.from({ length: 10 }, (_, i) => String(i));

function seen(family: string): { model: TrainableModel; sights: TestSights } {
  manualSeed(1);
  const found = FAMILIES.find(({ name }) => name === family)!;
  const model = found.create(
    { inputShape: [1, 28, 28], classes: 10 },
    completeOptions(found, {}) as FamilyOptions,
  );
  const training = {
    plan: { data: { test: raw } },
    model,
    test: testPart,
    task: { kind: 'classification', inputShape: [1, 28, 28], classes },
  };
  return { model, sights: seeTest(training as unknown as Training, predictions)! };
}

const { model, sights } = seen('lenet');

describe('what a network with convolutions sees', () => {
  test('has the filters of the first convolution', () => {
    const [first] = [...model.modules()].slice(1);
    expect(sights.filters!.shape).toEqual([6, 1, 5, 5]);
    expect([...sights.filters!.values]).toEqual([...(first as Conv2d).weight.dataSync()]);
  });
  test('has the last maps of each size', () => {
    const shapes = [...sights.maps].map(([name, { shape }]) => [name, shape.join('×')]);
    expect(shapes).toEqual([
      ['act1', '1×6×28×28'],
      ['pool1', '1×6×14×14'],
      ['act2', '1×16×10×10'],
      ['pool2', '1×16×5×5'],
    ]);
  });
  test('has of each class the first right image and the first wrong one, with Grad-CAM of both', () => {
    const { index, given, right, images } = sights.cams!;
    const kinds = Array.from(index, (i) => `${labels[i]} ${labels[i] === predicted[i]}`);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(images.shape).toEqual([kinds.length, 1, 28, 28]);
    for (const [k, i] of Array.from(index).entries()) {
      const same = Array.from(labels.keys()).filter(
        (j) =>
          labels[j] === labels[i] && (predicted[j] === labels[j]) === (predicted[i] === labels[i]),
      );
      expect(same[0]).toBe(i);
      const image = x.indexSelect(0, tensor([i], { dtype: 'i32' }));
      for (const [maps, target] of [
        [given, predicted[i]!] as const,
        [right, labels[i]!] as const,
      ]) {
        const wanted = gradCam(model, image, { target }).dataSync();
        const own = maps.values.subarray(k * wanted.length, (k + 1) * wanted.length);
        own.forEach((v, j) => expect(v).toBeCloseTo(wanted[j]!, 5));
      }
    }
  });
  test('has a map of the embeddings', () => {
    const { points, index } = sights.embedding!;
    expect(Array.from(index)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    const wanted = tSne(embeddings(model, x), { perplexity: 7 }).embedding.dataSync();
    points.values.forEach((v, i) => expect(v).toBeCloseTo(wanted[i]!, 2));
    expect(model.training).toBe(true);
  });
});

test('a network without convolutions has the map of embeddings alone', () => {
  const { sights: dense } = seen('mlp');
  expect([dense.filters, dense.cams, dense.maps.size]).toEqual([undefined, undefined, 0]);
  expect(dense.embedding!.points.shape).toEqual([24, 2]);
});

test('written and read, and refused where something does not fit', async () => {
  const file = join(folder, 'a.npz');
  await saveSights(file, sights);
  const back = await loadSights(file, 24);
  expect(back.filters).toEqual(sights.filters);
  expect(Object.fromEntries(back.maps)).toEqual(Object.fromEntries(sights.maps));
  expect(Array.from(back.cams!.index)).toEqual(Array.from(sights.cams!.index));
  expect(back.cams!.right).toEqual(sights.cams!.right);
  expect(back.embedding!.points).toEqual(sights.embedding!.points);
  await expect(loadSights(file, 20)).rejects.toThrow(/a\.npz: '\w+' is out of range; train again/);
  const cams = { ...sights.cams!, index: [0] };
  await saveSights(file, { ...sights, cams });
  await expect(loadSights(file, 24)).rejects.toThrow(/'images' has another shape/);
});

describe('the report', () => {
  const run = aRun();
  const start = { ...run.start, data: { ...run.start.data, classes } };
  const page = renderReport([aRun({ start, predictions, sights })]);

  test('has the sections in both languages', () => {
    for (const key of ['filters', 'featureMaps', 'gradCam', 'embedding'] as const) {
      for (const language of ['en', 'zh'] as const) {
        expect(page).toContain(
          `<span class="${language}" lang="${language}">${TEXTS[key][language]}</span>`,
        );
      }
    }
    expect(page).toContain('act2 10×10');
  });
  test('has a picture of each class given, and of mistakes a second one of the right class', () => {
    const { index } = sights.cams!;
    const wrong = Array.from(index).filter((i) => labels[i] !== predicted[i]);
    const part = page.slice(page.indexOf(TEXTS.gradCam.en), page.indexOf(TEXTS.embedding.en));
    expect(part.match(/<img /g)).toHaveLength(index.length + wrong.length);
    expect(part.match(/<span class="pair">/g)).toHaveLength(wrong.length);
  });
  test('has a point for each sample, a ring for each mistake, and reasonable size', () => {
    const part = page.slice(page.indexOf(TEXTS.embedding.en));
    const chart = part.slice(part.indexOf('<svg'), part.indexOf('</svg>'));
    const mistakes = predicted.filter((label, i) => label !== labels[i]).length;
    expect(chart.match(/fill="none"[^>]* stroke="#101828"/g)).toHaveLength(mistakes);
    expect(page.length).toBeLessThan(400_000);
  });
  test('is without them for runs that have none', () => {
    expect(renderReport([run])).not.toContain(TEXTS.gradCam.en);
  });
});
