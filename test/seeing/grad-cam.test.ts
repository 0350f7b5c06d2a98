import { describe, expect, test } from 'vitest';
import {
  BasicBlock,
  Conv1d,
  Conv2d,
  Flatten,
  GlobalAvgPool,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
  interpolate,
} from '../../src/nn/index.js';
import { gradCam } from '../../src/seeing/index.js';
import { compile, noGrad, type Tensor } from '../../src/tensor/index.js';
import { unpack } from '../nn/check.js';
import { expectClose, i32, sample, values } from '../tensor/check.js';
import { expectGolden, goldenNet, goldens } from './net.js';

const { net: want } = goldens;
const x = unpack(want.x, 'f64');
const target = unpack(want.target, 'f64');
const F64 = { dtype: 'f64' } as const;

describe('gradCam', () => {
  test.each(Object.entries(want.gradCam))('of %s is that of PyTorch', (layer, maps) => {
    const net = goldenNet();
    expectGolden(gradCam(net, x, { target, layer, relu: false }), maps.signed);
    const map = gradCam(net, x, { target, layer });
    expectGolden(map, maps.map);
    expectGolden(interpolate(map, { size: [8, 12], mode: 'bilinear' }), maps.large);
    const single = unpack(want.x, 'f32');
    expectGolden(gradCam(goldenNet('f32'), single, { target, layer }), maps.map, 1e-4);
  });
  test('takes the last maps of the size of the last convolution, whose pooling is smaller', () => {
    const net = goldenNet();
    expectGolden(gradCam(net, x, { target }), want.gradCam['act2']!.map);
    const residual = new Sequential({
      conv: new Conv2d(2, 4, 3, F64),
      block: new BasicBlock(4, 4, F64),
      pool: new GlobalAvgPool(),
      flatten: new Flatten(),
      fc: new Linear(4, 5, F64),
    });
    const found = gradCam(residual, x, { target });
    expect(values(found)).toEqual(values(gradCam(residual, x, { target, layer: 'block' })));
    expect(values(found)).not.toEqual(
      values(gradCam(residual, x, { target, layer: 'block.conv2' })),
    );
  });
  test('of a net that ends in the mean of its maps is the class activation map over Z', () => {
    const net = new Sequential({
      conv1: new Conv2d(2, 4, 3, { ...F64, padding: 1 }),
      act1: new ReLU(),
      pool1: new MaxPool2d(2),
      conv2: new Conv2d(4, 6, 3, F64),
      act2: new ReLU(),
      mean: new GlobalAvgPool(),
      flatten: new Flatten(),
      fc: new Linear(6, 5, F64),
    });
    let maps = x;
    for (const layer of [...net].slice(0, 5)) maps = layer.forward(maps);
    const weights = (net.at(7) as Linear).weight.indexSelect(0, i32([4, 0, 2]));
    const places = maps.shape[2]! * maps.shape[3]!;
    const cam = maps.mul(weights.reshape([3, 6, 1, 1])).sum(1, { keepDim: true });
    const found = gradCam(net, x, { target, relu: false });
    expectClose(found.mul(places), cam.array(), 1e-13);
  });
  test('sees frozen weights, needs no gradients to be on, and can be compiled', () => {
    const net = goldenNet();
    net.requiresGrad(false);
    expectGolden(
      noGrad(() => gradCam(net, x, { target })),
      want.gradCam['act2']!.map,
    );
    const compiled = compile((y: Tensor) => gradCam(net, y, { target: 1 }));
    expectClose(compiled(x), gradCam(net, x, { target: 1 }).array(), 1e-12);
    expect(net.training).toBe(true);
  });
  test('takes one spatial axis as well', () => {
    const net = new Sequential(new Conv1d(2, 3, 2, F64), new Flatten(), new Linear(12, 2, F64));
    expect(gradCam(net, sample([2, 2, 5])).shape).toEqual([2, 1, 4]);
  });
  test.each([
    ['fc', "gradCam: layer 'fc' gives no maps [N, C, …S]; use one of conv1, bn1, act1, pool1,"],
    ['conv9', "gradCam: there is no layer 'conv9'; use one of conv1, bn1,"],
  ])('refuses layer %s', (layer, message) => {
    expect(() => gradCam(goldenNet(), x, { layer })).toThrow(message);
  });
  test('refuses a model without convolutions', () => {
    const dense = new Sequential(new Flatten(), new Linear(192, 5, F64));
    expect(() => gradCam(dense, x)).toThrow(
      'gradCam: no convolution was called in Sequential; name a layer that gives maps, or use saliency.',
    );
    expect(() => gradCam(dense, x, { layer: '0' })).toThrow(
      "gradCam: layer '0' gives no maps [N, C, …S]; no layer of the model gives maps [N, C, …S].",
    );
  });
});
