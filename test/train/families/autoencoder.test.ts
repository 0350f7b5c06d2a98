import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/engine/core/errors.js';
import { ArrayDataset, DataLoader, digits } from '../../../src/data/index.js';
import { pca } from '../../../src/seeing/index.js';
import { mseLoss } from '../../../src/nn/index.js';
import { Adam } from '../../../src/optim/index.js';
import { fromData, manualSeed, rand } from '../../../src/tensor/index.js';
import {
  Autoencoder,
  evaluate,
  fit,
  pixels,
  readModel,
  reconstruct,
  segment,
  writeModel,
} from '../../../src/train/index.js';

const PIXELS = { mean: 0, std: 1 };

function images(count: number, part: 'train' | 'test'): ArrayDataset<'x' | 'y'> {
  const x = digits({ count, part }).normalized('x', PIXELS).column('x');
  return new ArrayDataset({ x, y: x });
}

test('a code of images and back', () => {
  const model = new Autoencoder([3, 12, 20], { codeSize: 5, width: 2, hidden: 7 });
  const code = model.encoder.forward(rand([2, 3, 12, 20]));
  expect(code.shape).toEqual([2, 5]);
  const back = model.decoder.forward(code);
  expect(back.shape).toEqual([2, 3, 12, 20]);
  expect(back.min().item()).toBeGreaterThan(0);
  expect(back.max().item()).toBeLessThan(1);
  expect(() => new Autoencoder([1, 30, 28])).toThrow(ArgumentError);
  expect(() => new Autoencoder([1, 30, 28])).toThrow(/images of 30×28 cannot be halved twice/);
});

test('comes closer to digits than PCA with as large a code, and is the same from a file', async () => {
  manualSeed(0);
  const model = new Autoencoder([1, 28, 28], { codeSize: 2, width: 4, hidden: 64 });
  const [train, held] = [images(1500, 'train'), images(200, 'test')];
  const optimizer = new Adam(model.parameters(), { lr: 4e-3 });
  const loader = new DataLoader(train, { batchSize: 25, shuffle: true, seed: 1 });
  await fit({ model, optimizer, train: loader, loss: mseLoss, epochs: 12 });
  const test = new DataLoader(held, { batchSize: 200 });
  const { loss } = await evaluate(model, test, { loss: mseLoss });
  const rows = (set: ArrayDataset<'x' | 'y'>) =>
    fromData(set.column('x').values, [set.length, 784]);
  expect(loss).toBeLessThan(pca(rows(train), { components: 2 }).error(rows(held)));

  const task = { kind: 'reconstruction', inputShape: [1, 28, 28] } as const;
  const options = { codeSize: 2, width: 4, hidden: 64 };
  const loaded = readModel(
    writeModel({ model, family: 'autoencoder', options, task, preprocessing: pixels(PIXELS) }),
  );
  const raw = digits({ count: 3, part: 'test' }).column('x');
  const given = reconstruct(loaded, raw);
  const direct = model.forward(
    fromData(
      Float32Array.from(raw.values, (v) => v / 255),
      raw.shape,
    ),
  );
  direct.dataSync().forEach((v, i) => expect(given.values[i]).toBeCloseTo(v, 5));
  expect(given.shape).toEqual([3, 1, 28, 28]);
  expect(() => segment(loaded, raw)).toThrow(
    'segment: the model gives back what it takes, not classes of pixels; use reconstruct.',
  );
});
