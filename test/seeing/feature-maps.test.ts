import { describe, expect, test } from 'vitest';
import { Linear, ReLU, Sequential } from '../../src/nn/index.js';
import { featureMaps } from '../../src/seeing/index.js';
import { unpack } from '../nn/check.js';
import { sample, values } from '../tensor/check.js';
import { goldenNet, goldens } from './net.js';

const x = unpack(goldens.net.x, 'f64');

describe('featureMaps', () => {
  test('are what the layers give, in the order of evaluation and in evaluation mode', () => {
    const net = goldenNet();
    const found = featureMaps(net, x);
    const names = ['conv1', 'bn1', 'act1', 'pool1', 'conv2', 'act2', 'pool2'];
    expect(found.map(({ name }) => name)).toEqual(names);
    expect(net.training).toBe(true);
    net.eval();
    let y = x;
    for (const [i, { module, output }] of found.entries()) {
      expect(module).toBe(net.at(i));
      y = net.at(i).forward(y);
      expect(values(output)).toEqual(values(y));
      expect(output.requiresGrad).toBe(false);
    }
  });
  test('of named layers may be any tensor', () => {
    const [last] = featureMaps(goldenNet(), x, { layers: ['fc'] });
    expect(last!.output.shape).toEqual([3, 5]);
  });
  test('of a layer that is called twice come twice, and of nested ones by their paths', () => {
    const twice = new Linear(3, 3, { dtype: 'f64' });
    const model = new Sequential(twice, new Sequential(new ReLU()), twice);
    const found = featureMaps(model, sample([2, 3]), { layers: ['0', '1.0'] });
    expect(found.map(({ name }) => name)).toEqual(['0', '1.0', '0']);
  });
  test('of an unknown layer are refused with the names that there are', () => {
    expect(() => featureMaps(goldenNet(), x, { layers: ['conv3'] })).toThrow(
      "featureMaps: there is no layer 'conv3'; use one of conv1, bn1, act1, pool1, conv2, act2, pool2, " +
        'flatten, fc.',
    );
  });
});
