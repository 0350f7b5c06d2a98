import { describe, expect, test } from 'vitest';
import { Dropout, Linear, ReLU, Sequential } from '../../src/nn/index.js';
import { embeddings } from '../../src/seeing/index.js';
import { unpack } from '../nn/check.js';
import { sample, values } from '../tensor/check.js';
import { goldenNet, goldens } from './net.js';

const x = unpack(goldens.net.x, 'f64');

describe('embeddings', () => {
  test('are what the last layer with parameters takes, in evaluation mode', () => {
    const net = goldenNet();
    const found = embeddings(net, x);
    expect(found.shape).toEqual([3, 24]);
    expect(net.training).toBe(true);
    net.eval();
    let y = x;
    for (const layer of [...net].slice(0, 8)) y = layer.forward(y);
    expect(values(found)).toEqual(values(y));
    const behind = new Linear(4, 2, { dtype: 'f64' });
    const model = new Sequential(new Dropout(0.9), behind, new ReLU());
    expect(values(embeddings(model, sample([3, 4])))).toEqual(values(sample([3, 4])));
  });
  test('of a layer are its output, flat', () => {
    expect(embeddings(goldenNet(), x, { layer: 'pool2' }).shape).toEqual([3, 24]);
    expect(embeddings(goldenNet(), x, { layer: 'conv1' }).shape).toEqual([3, 3 * 96]);
  });
  test('of models without layers, and unknown layers, are refused', () => {
    expect(() => embeddings(new Sequential(new ReLU()), x)).toThrow(
      'embeddings: no layer with parameters was called in Sequential; name a layer.',
    );
    expect(() => embeddings(goldenNet(), x, { layer: 'fc2' })).toThrow(
      "there is no layer 'fc2'; use one of conv1,",
    );
  });
});
