import { expect, test } from 'vitest';
import { Dropout, Linear, Module, ReLU, Sequential, summarize } from '../../src/nn/index.js';
import { Parameter, StateTensor, zeros, type Tensor } from '../../src/tensor/index.js';
import '../tensor/check.js';

class Net extends Module {
  readonly scale = new Parameter(zeros([3]));
  readonly mean = new StateTensor(zeros([3], { dtype: 'f64' }));
  readonly body = new Sequential(new Linear(3, 4), new ReLU(), new Dropout(0.5));
  readonly head = new Linear(4, 2, { bias: false });
  readonly unused = new ReLU();

  forward(x: Tensor): Tensor {
    return this.head.forward(this.body.forward(x.mul(this.scale)));
  }
}

test('layers with shapes, parameters and bytes; the model is as before', () => {
  const net = new Net().train();
  expect(summarize(net, zeros([1, 3]))).toMatchObject([
    { name: '', type: 'Net', outputShape: [1, 2], parameters: 3, bytes: 36 },
    { name: 'body.0', type: 'Linear', outputShape: [1, 4], parameters: 16, bytes: 64 },
    { name: 'body.1', type: 'ReLU', outputShape: [1, 4], parameters: 0, bytes: 0 },
    { name: 'body.2', type: 'Dropout', outputShape: [1, 4], parameters: 0, bytes: 0 },
    { name: 'head', type: 'Linear', outputShape: [1, 2], parameters: 8, bytes: 32 },
    { name: 'unused', type: 'ReLU', outputShape: undefined, parameters: 0, bytes: 0 },
  ]);
  expect(Object.hasOwn(net.head, 'forward')).toBe(false);
  expect(net.training).toBe(true);
});

test('what two layers share counts once', () => {
  const layer = new Linear(2, 2);
  const layers = summarize(new Sequential(layer, new ReLU(), layer), zeros([1, 2]));
  expect(layers.map(({ name, parameters }) => [name, parameters])).toEqual([
    ['0', 6],
    ['1', 0],
  ]);
});

test('a forward that is a field stays', () => {
  class Field extends Module {
    override forward = (x: Tensor): Tensor => x.reshape([1, 4]);
  }
  const module = new Field();
  const { forward } = module;
  expect(summarize(module, zeros([1, 2, 2]))[0]!.outputShape).toEqual([1, 4]);
  expect(module.forward).toBe(forward);
});
