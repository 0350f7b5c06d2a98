// covers: src/train/families/lenet.ts, src/train/families/vgg.ts, src/train/families/resnet.ts
// covers: src/train/families/mobilenet.ts, src/train/families/image-input.ts
// covers: src/train/families/check-stages.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../../src/engine/core/errors.js';
import { DataLoader, digits, DIGITS_NORMALIZATION } from '../../../src/data/index.js';
import { readSafetensors, writeSafetensors } from '../../../src/io/index.js';
import { summarize } from '../../../src/nn/index.js';
import { Adam } from '../../../src/optim/index.js';
import { manualSeed, rand, zeros } from '../../../src/tensor/index.js';
import {
  completeOptions,
  FAMILIES,
  fit,
  readModel,
  writeModel,
  type FamilyOptions,
  type TrainableModel,
} from '../../../src/train/index.js';

function make(
  name: string,
  given: Readonly<Record<string, unknown>> = {},
  inputShape: readonly number[] = [1, 28, 28],
  classes = 10,
): TrainableModel {
  const family = FAMILIES.find((f) => f.name === name)!;
  const options = completeOptions(family, given);
  expect(options).toBeTypeOf('object');
  return family.create({ inputShape, classes }, options as FamilyOptions);
}

const CLASSES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Small nets, epochs on 2000 digits, and what they reach at least on 300 others; by chance 0.1. */
const SMALL: [string, Record<string, unknown>, number, number][] = [
  ['lenet', {}, 2, 0.9],
  ['lenet', { activation: 'tanh', pooling: 'avg' }, 2, 0.85],
  ['vgg', { widths: [8, 16, 16], hidden: 32, dropout: 0 }, 2, 0.9],
  ['resnet', { widths: [8, 16, 32] }, 4, 0.8],
  ['mobilenet', { widths: [8, 16, 24], blocks: 1, expand: 2, head: 48 }, 4, 0.7],
];

describe('learns digits, and is the same net when it is read from a file', () => {
  test.each(SMALL)('%s %j', async (name, options, epochs, least) => {
    manualSeed(2);
    const model = make(name, options);
    const part = (count: number, which: 'train' | 'test') =>
      digits({ count, part: which }).normalized('x', DIGITS_NORMALIZATION);
    const optimizer = new Adam(model.parameters());
    const { history } = await fit({
      model,
      optimizer,
      train: new DataLoader(part(2000, 'train'), { batchSize: 20, shuffle: true, seed: 1 }),
      validation: new DataLoader(part(300, 'test'), { batchSize: 100 }),
      epochs,
      // Smaller steps at the end, so that the running statistics keep up.
      callbacks: [{ onEpochStart: ({ epoch }) => void (optimizer.lr = 0.008 * 0.6 ** epoch) }],
    });
    expect(history.at(-1)!.valAccuracy).toBeGreaterThan(least);
    const bytes = writeModel({
      model,
      family: name,
      options,
      task: { kind: 'classification', inputShape: [1, 28, 28], classes: CLASSES },
      preprocessing: { kind: 'pixels', ...DIGITS_NORMALIZATION },
    });
    const read = readModel(bytes).model;
    const x = rand([4, 1, 28, 28]);
    expect(read.forward(x).dataSync()).toEqual(model.eval().forward(x).dataSync());
  });
});

test('numbers of parameters, by hand', () => {
  const parameters = (model: TrainableModel): number =>
    [...model.parameters()].reduce((n, p) => n + p.size, 0);
  // LeNet-5: 6·25+6, 16·150+16, 120·400+120, 84·120+84, 10·84+10.
  expect(parameters(make('lenet'))).toBe(156 + 2416 + 48_120 + 10_164 + 850);
  // Convolutions without bias, batch norms of 2 per channel, 1×1 where a stage begins.
  const stage = (from: number, to: number): number =>
    9 * from * to + 9 * to * to + 4 * to + (from === to ? 0 : from * to + 2 * to);
  const body = stage(16, 16) + stage(16, 32) + stage(32, 64);
  expect(parameters(make('resnet'))).toBe(9 * 16 + 32 + body + 650);
});

test('images of other sizes and channels, and the shapes that a summary shows', () => {
  for (const { name } of FAMILIES.filter(({ task, reads }) => !task && !reads)) {
    for (const shape of [
      [1, 28, 28],
      [3, 32, 32],
      [2, 17, 23],
    ]) {
      const layers = summarize(make(name, {}, shape, 7), zeros([1, ...shape]));
      expect(layers.at(-1)!.outputShape).toEqual([1, 7]);
      expect(layers.every((layer) => layer.outputShape !== undefined)).toBe(true);
    }
  }
  const shapes = summarize(make('lenet'), zeros([1, 1, 28, 28])).map((l) => l.outputShape);
  expect(shapes[3]).toEqual([1, 16, 10, 10]);
  const stages = summarize(make('resnet', { blocks: 2 }), zeros([1, 1, 28, 28]));
  const last = stages.filter(({ name }) => /^layer\d\.1\.bn2$/.test(name));
  expect(last.map((l) => l.outputShape)).toEqual([
    [1, 16, 28, 28],
    [1, 32, 14, 14],
    [1, 64, 7, 7],
  ]);
});

describe('what does not fit is told', () => {
  test.each<[string, Record<string, unknown>, number[], string]>([
    ['lenet', {}, [784], 'lenet: samples have shape [784], and it takes images [C, H, W]'],
    ['resnet', {}, [1, 0, 28], 'resnet: samples have shape [1, 0, 28]'],
    [
      'lenet',
      {},
      [1, 11, 28],
      '⌊(⌊11 / 2⌋ - 4) / 2⌋ = 0 is left behind the poolings; use images of',
    ],
    ['vgg', {}, [1, 4, 28], 'images of 4×28 are halved 3 times, and ⌊4 / 8⌋ = 0; use fewer widths'],
    ['vgg', { widths: [] }, [1, 28, 28], 'vgg: widths is an empty list'],
    ['resnet', { widths: [] }, [1, 28, 28], 'resnet: widths is an empty list; give the channels'],
    ['mobilenet', { blocks: 100 }, [1, 28, 28], '3 stages of 100 blocks are 300; use at most 200'],
  ])('%s %j of %j', (name, options, shape, sentence) => {
    expect(() => make(name, options, shape)).toThrow(ArgumentError);
    expect(() => make(name, options, shape)).toThrow(sentence);
  });

  test('a small file cannot claim a huge net', () => {
    const saved = writeModel({
      model: make('resnet', { widths: [2] }),
      family: 'resnet',
      options: { widths: [2] },
      task: { kind: 'classification', inputShape: [1, 28, 28], classes: CLASSES },
      preprocessing: { kind: 'pixels', ...DIGITS_NORMALIZATION },
    });
    const { tensors, metadata } = readSafetensors(saved);
    for (const [options, sentence] of [
      [{ widths: [2], blocks: 2 ** 24 }, 'blocks are 16777216; use at most 200'],
      [{ widths: [2 ** 24, 2 ** 24] }, 'its '],
    ] as const) {
      const claimed = writeSafetensors(tensors, { ...metadata, options: JSON.stringify(options) });
      expect(() => readModel(claimed)).toThrow(FormatError);
      expect(() => readModel(claimed)).toThrow(sentence);
    }
  });
});
