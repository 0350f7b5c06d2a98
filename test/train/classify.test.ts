import { describe, expect, test } from 'vitest';
import { ArrayDataset } from '../../src/data/index.js';
import { ArgumentError, NumericError, ShapeError } from '../../src/engine/core/errors.js';
import type { NamedArray } from '../../src/io/index.js';
import { Flatten, Linear, Sequential } from '../../src/nn/index.js';
import { fromData, manualSeed } from '../../src/tensor/index.js';
import { classify, pixels, preprocess, type LoadedModel } from '../../src/train/index.js';

manualSeed(1);
const model = new Sequential(new Flatten(), new Linear(6, 3));
const loaded: LoadedModel = {
  model,
  producer: 'test',
  family: 'linear',
  options: {},
  task: { kind: 'classification', inputShape: [1, 3, 2], classes: ['a', 'b', 'c'] },
  preprocessing: { kind: 'pixels', mean: 0.3, std: 0.5 },
  metrics: {},
  training: {},
};

function images(...shape: number[]): NamedArray {
  const size = shape.reduce((n, d) => n * d, 1);
  return {
    dtype: 'u8',
    shape,
    values: Uint8Array.from({ length: size }, (_, i) => (i * 37) % 256),
  };
}

test('preprocessing is that of the training, to the bit', () => {
  const x = images(4, 1, 3, 2);
  const normalized = new ArrayDataset({ x }).normalized('x', { mean: 0.3, std: 0.5 });
  expect(preprocess(loaded.preprocessing, x)).toEqual(normalized.column('x'));
  const colours = images(2, 3, 2, 2);
  const byChannel = { mean: [0.1, 0.2, 0.3], std: 0.5 };
  expect(preprocess(pixels(byChannel), colours)).toEqual(
    new ArrayDataset({ x: colours }).normalized('x', byChannel).column('x'),
  );
  const shares = { dtype: 'f32', shape: [2], values: new Float32Array([0, 1]) } as const;
  expect(preprocess(loaded.preprocessing, shares).values).toEqual(new Float32Array([-0.6, 1.4]));
  const bytes = images(3);
  expect(preprocess({ kind: 'none' }, bytes)).toEqual({
    dtype: 'f32',
    shape: [3],
    values: new Float32Array([0, 37, 74]),
  });
});

test('logits, their softmax and the class with the highest, for more than one run of the program', () => {
  const x = images(1203, 1, 3, 2);
  const { length, logits, probabilities, labels } = classify(loaded, x);
  expect(length).toBe(1203);
  const { values, shape } = preprocess(loaded.preprocessing, x);
  expect(logits).toEqual(model.forward(fromData(values, shape)).dataSync());
  for (let i = 0; i < length; i += 97) {
    const [row, shares] = [logits, probabilities].map((v) => [...v.subarray(3 * i, 3 * i + 3)]);
    expect(labels[i]).toBe(row!.indexOf(Math.max(...row!)));
    const sum = row!.reduce((s, v) => s + Math.exp(v), 0);
    row!.forEach((v, c) => expect(shares![c]).toBeCloseTo(Math.exp(v) / sum, 6));
  }
});

test.each([[[1, 3, 2]], [[3, 2]], [[1, 1, 3, 2]]])('one sample as %j', (shape) => {
  expect(classify(loaded, images(...shape)).logits).toEqual(
    classify(loaded, images(1, 1, 3, 2)).logits,
  );
});

test('a batch without the leading 1, and the mode of the model', () => {
  model.train();
  expect(classify(loaded, images(4, 3, 2)).logits).toEqual(
    classify(loaded, images(4, 1, 3, 2)).logits,
  );
  expect(model.training).toBe(true);
});

describe('inputs that do not fit', () => {
  test.each([[[2, 3]], [[6]], [[2, 3, 2, 1]], [[]], [[2, 2, 3, 2]]])('%j', (shape) => {
    expect(() => classify(loaded, images(...shape))).toThrow(ShapeError);
    expect(() => classify(loaded, images(...shape))).toThrow(
      `classify: the input has shape [${shape.join(', ')}], the model takes samples [1, 3, 2] or ` +
        'batches [N, 1, 3, 2].',
    );
  });

  test('no samples', () => {
    expect(() => classify(loaded, images(0, 1, 3, 2))).toThrow(ArgumentError);
  });

  test('NaN', () => {
    const values = new Float32Array(12).fill(NaN, 6);
    const x: NamedArray = { dtype: 'f32', shape: [2, 3, 2], values };
    expect(() => classify(loaded, x)).toThrow(NumericError);
    expect(() => classify(loaded, x)).toThrow(/the output for sample 1 is NaN/);
  });
});
