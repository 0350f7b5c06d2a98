// covers: src/train/families/segmenter.ts, src/train/families/pixel-linear.ts
// covers: src/train/segment.ts, src/train/reconstruct.ts, src/train/task-texts.ts
import { expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../../src/engine/core/errors.js';
import {
  DataLoader,
  SCENE_CLASSES,
  scenes,
  SCENES_NORMALIZATION,
} from '../../../src/data/index.js';
import { jaccardScore } from '../../../src/metrics/index.js';
import { Adam } from '../../../src/optim/index.js';
import { manualSeed, rand } from '../../../src/tensor/index.js';
import {
  classify,
  completeOptions,
  FAMILIES,
  fit,
  pixels,
  readModel,
  reconstruct,
  segment,
  writeModel,
  type FamilyOptions,
  type LoadedModel,
  type TrainableModel,
} from '../../../src/train/index.js';

function make(
  name: string,
  options: Record<string, unknown> = {},
  shape = [3, 32, 32],
): TrainableModel {
  const family = FAMILIES.find((f) => f.name === name)!;
  const whole = completeOptions(family, options) as FamilyOptions;
  return family.create({ inputShape: shape, classes: 4 }, whole);
}

const task = { kind: 'segmentation', inputShape: [3, 32, 32], classes: SCENE_CLASSES } as const;

/** The mean IoU on scenes that were not trained on. */
async function reached(
  name: string,
  options: Record<string, unknown>,
  epochs: number,
): Promise<number> {
  manualSeed(1);
  const model = make(name, options);
  const train = scenes({ count: 300, size: 32 }).normalized('x', SCENES_NORMALIZATION);
  await fit({
    model,
    optimizer: new Adam(model.parameters(), { lr: 1e-2 }),
    train: new DataLoader(train, { batchSize: 10, shuffle: true, seed: 1 }),
    epochs,
  });
  const bytes = writeModel({
    model,
    family: name,
    options,
    task,
    preprocessing: pixels(SCENES_NORMALIZATION),
  });
  const test = scenes({ count: 60, size: 32, part: 'test' });
  const { labels, length, size } = segment(readModel(bytes), test.column('x'));
  expect([length, size, labels.length]).toEqual([60, [32, 32], 60 * 1024]);
  return jaccardScore(test.column('y').values, labels, { average: 'macro', classes: 4 });
}

test('learns textures that colours do not tell, and is the same from a file', async () => {
  expect(await reached('segmenter', { width: 8, depth: 2 }, 16)).toBeGreaterThan(0.5);
});

test('pixels by themselves tell nothing', async () => {
  expect(await reached('pixel-linear', {}, 5)).toBeLessThan(0.3);
});

test('images of odd extents keep their size', () => {
  const model = make('segmenter', { width: 2, depth: 1 }).eval();
  expect(model.forward(rand([2, 3, 17, 22])).shape).toEqual([2, 4, 17, 22]);
});

test('what cannot be made, or used so', () => {
  expect(() => make('segmenter', { depth: 13 })).toThrow('segmenter: depth is 13; use at most 12.');
  expect(() => make('segmenter', {}, [8])).toThrow(ArgumentError);
  const model = make('pixel-linear');
  const loaded = { model, task, preprocessing: { kind: 'none' } } as unknown as LoadedModel;
  const image = { dtype: 'f32', shape: [3, 4, 4], values: new Float32Array(48) } as const;
  expect(() => segment(loaded, image)).toThrow(ShapeError);
  expect(() => classify(loaded, image)).toThrow(
    'classify: the model gives each pixel one of 4 classes, no class for each sample; use segment.',
  );
  expect(() => reconstruct(loaded, image)).toThrow(
    'reconstruct: the model gives each pixel one of 4 classes, not its input; use segment.',
  );
});
