// covers: src/tensor/operation-count.ts, src/tensor/call-costs.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import { Module, Sequential, summarize, type UnaryModule } from '../../src/nn/index.js';
import { randn, zeros, type Tensor } from '../../src/tensor/index.js';
import '../tensor/check.js';

function total(model: UnaryModule, shape: readonly number[]): { macs: number; flops: number } {
  const layers = summarize(model, zeros([...shape]));
  const sum = (key: 'multiplyAdds' | 'flops'): number => layers.reduce((n, l) => n + l[key], 0);
  return { macs: sum('multiplyAdds'), flops: sum('flops') };
}

/** Gives the outputs of a recurrent layer and leaves its state. */
class Outputs extends Module {
  constructor(readonly layer: nn.RNN | nn.LSTM | nn.GRU) {
    super();
  }
  forward(x: Tensor): Tensor {
    return this.layer.forward(x)[0];
  }
}

const P = 7 * 6; // places of an output 7×6

/** Layer, input, multiply-adds and operations beside them by hand. */
const LAYERS: [string, UnaryModule, number[], number, number][] = [
  ['Linear', new nn.Linear(5, 3), [4, 5], 4 * 5 * 3, 4 * 3],
  ['Linear without bias', new nn.Linear(5, 3, { bias: false }), [4, 5], 60, 0],
  ['Conv1d', new nn.Conv1d(2, 3, 5), [1, 2, 20], 3 * 16 * 2 * 5, 3 * 16],
  ['Conv2d', new nn.Conv2d(2, 3, 3, { padding: 1 }), [2, 2, 7, 6], 2 * 3 * P * 18, 2 * 3 * P],
  ['Conv2d, stride', new nn.Conv2d(2, 3, 3, { stride: 2 }), [1, 2, 9, 9], 3 * 16 * 18, 48],
  ['Conv2d, groups', new nn.Conv2d(4, 6, 3, { groups: 2 }), [1, 4, 9, 8], 6 * P * 18, 6 * P],
  ['Conv2d, dilated', new nn.Conv2d(2, 3, 3, { dilation: 2 }), [1, 2, 11, 10], 3 * P * 18, 3 * P],
  [
    'Conv2d, reflected',
    new nn.Conv2d(1, 1, 3, { padding: 1, paddingMode: 'reflect', bias: false }),
    [1, 1, 7, 6],
    P * 9,
    0,
  ],
  ['Conv3d', new nn.Conv3d(2, 3, [1, 2, 3], { bias: false }), [1, 2, 4, 5, 6], 3 * 64 * 12, 0],
  [
    'ConvTranspose2d',
    new nn.ConvTranspose2d(3, 2, 4, { stride: 2, padding: 1 }),
    [1, 3, 7, 6],
    3 * P * 2 * 16,
    2 * 4 * P,
  ],
  [
    'ConvTranspose1d, groups',
    new nn.ConvTranspose1d(4, 6, 3, { stride: 3, groups: 2 }),
    [1, 4, 5],
    4 * 5 * 3 * 3,
    6 * 15,
  ],
  ['MaxPool2d', new nn.MaxPool2d(2), [1, 3, 6, 8], 0, 3 * 12 * 4],
  ['MaxPool2d, overlapping', new nn.MaxPool2d(3, { stride: 2 }), [1, 3, 7, 7], 0, 3 * 9 * 9],
  // It divides once for each axis.
  ['AvgPool2d', new nn.AvgPool2d(2), [1, 3, 6, 8], 0, 3 * 12 * (4 + 2)],
  ['GlobalAvgPool', new nn.GlobalAvgPool(), [1, 3, 6, 8], 0, 3 * (48 + 1)],
  ['GlobalMaxPool', new nn.GlobalMaxPool(), [1, 3, 6, 8], 0, 3 * 48],
  ['ReLU', new nn.ReLU(), [2, 3, 5], 0, 30],
  ['Sigmoid', new nn.Sigmoid(), [2, 3, 5], 0, 30],
  ['Flatten', new nn.Flatten(), [2, 3, 5], 0, 0],
  ['Identity', new nn.Identity(), [2, 3, 5], 0, 0],
  ['Dropout', new nn.Dropout(0.5), [2, 3, 5], 0, 0],
  ['Upsample', new nn.Upsample({ scaleFactor: 2 }), [1, 2, 3, 4], 0, 0],
  ['PixelShuffle', new nn.PixelShuffle(2), [1, 8, 3, 4], 0, 0],
  ['RNN', new Outputs(new nn.RNN(3, 4)), [5, 2, 3], 5 * 2 * 4 * (3 + 4), 0],
  ['LSTM', new Outputs(new nn.LSTM(3, 4)), [5, 2, 3], 5 * 2 * 16 * (3 + 4), 0],
  ['GRU', new Outputs(new nn.GRU(3, 4)), [5, 2, 3], 5 * 2 * 12 * (3 + 4), 0],
  [
    'LSTM, two layers, both ways',
    new Outputs(new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true })),
    [5, 2, 3],
    5 * 2 * 16 * 2 * (3 + 4 + 8 + 4),
    0,
  ],
];

describe('operations of a layer', () => {
  test.each(LAYERS)('%s', (_name, layer, shape, macs, others) => {
    const counted = total(layer, shape);
    expect(counted.macs).toBe(macs);
    if (!(layer instanceof Outputs)) expect(counted.flops).toBe(2 * macs + others);
    else expect(counted.flops).toBeGreaterThan(2 * macs);
  });

  test.each([
    ['BatchNorm2d', new nn.BatchNorm2d(3)],
    ['InstanceNorm2d', new nn.InstanceNorm2d(3)],
    ['GroupNorm', new nn.GroupNorm(3, 3)],
    ['LayerNorm', new nn.LayerNorm([6, 8])],
    ['RMSNorm', new nn.RMSNorm([6, 8])],
    ['GELU', new nn.GELU()],
    ['Softmax', new nn.Softmax(1)],
  ])('%s takes some operations for each element', (_name, layer) => {
    const { macs, flops } = total(layer, [1, 3, 6, 8]);
    expect(macs).toBe(0);
    expect(flops).toBeGreaterThanOrEqual(2 * 144);
    expect(flops).toBeLessThan(20 * 144);
    expect(total(layer, [2, 3, 6, 8]).flops).toBe(2 * flops);
  });

  test('what depends on weights alone is free', () => {
    // x - mean, · rsqrt(variance + ε), · weight, + bias: the root is of no sample.
    expect(total(new nn.BatchNorm2d(3), [1, 3, 6, 8]).flops % 144).toBe(0);
  });

  test('a convolution has a multiply-add for each term that ConvSteps lists', () => {
    const options = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] };
    const layer = new nn.Conv2d(2, 3, [3, 2], { ...options, bias: false });
    const x = randn([1, 2, 8, 7]);
    const steps = new nn.ConvSteps(x, layer.weight, options);
    const [, o, p, q] = steps.y.shape as [number, number, number, number];
    let terms = 0;
    for (let i = 0; i < o * p * q; i++) {
      const cell = [0, Math.floor(i / (p * q)), Math.floor(i / q) % p, i % q];
      terms += steps.outputTerms(cell).length;
    }
    expect(total(layer, x.shape).macs).toBe(terms);
  });
});

describe('what counts where', () => {
  test('a sum beside modules below counts for the block', () => {
    const body = new nn.Conv2d(2, 2, 1, { bias: false });
    const layers = summarize(new Sequential(new nn.Residual(body)), zeros([1, 2, 4, 4]));
    expect(layers.map(({ name, type, flops }) => [name, type, flops])).toEqual([
      ['0', 'Residual', 32],
      ['0.body', 'Conv2d', 2 * 2 * 2 * 16],
      ['0.shortcut', 'Identity', 0],
    ]);
  });

  test('what lies between modules below counts for the block, not for the one behind it', () => {
    const block = new nn.BasicBlock(2, 2);
    const layers = summarize(block, zeros([1, 2, 4, 4]));
    expect(layers.map(({ name, flops }) => [name, flops])).toEqual([
      ['', 3 * 32], // two activations and the sum
      ['conv1', 2 * 32 * 18],
      ['bn1', 4 * 32],
      ['conv2', 2 * 32 * 18],
      ['bn2', 4 * 32],
    ]);
  });

  test('a module that is called twice computes twice; its parameters count once', () => {
    const layer = new nn.Linear(3, 3);
    const [only, ...others] = summarize(new Sequential(layer, layer), zeros([1, 3]));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ parameters: 12, multiplyAdds: 18, flops: 2 * 18 + 6 });
  });

  test('a value that is used twice is computed once', () => {
    class Twice extends Module {
      readonly layer = new nn.Linear(3, 3, { bias: false });
      forward(x: Tensor): Tensor {
        const y = this.layer.forward(x);
        return y.mul(y);
      }
    }
    const layers = summarize(new Twice(), zeros([1, 3]));
    expect(layers.map(({ multiplyAdds, flops }) => [multiplyAdds, flops])).toEqual([
      [0, 3],
      [9, 18],
    ]);
  });
});

describe('known nets', () => {
  test('LeNet-5: 416,520 multiply-adds', () => {
    const model = new Sequential(
      new nn.Conv2d(1, 6, 5, { padding: 2 }),
      new nn.Tanh(),
      new nn.AvgPool2d(2),
      new nn.Conv2d(6, 16, 5),
      new nn.Tanh(),
      new nn.AvgPool2d(2),
      new nn.Flatten(),
      new nn.Linear(400, 120),
      new nn.Tanh(),
      new nn.Linear(120, 84),
      new nn.Tanh(),
      new nn.Linear(84, 10),
    );
    expect(total(model, [1, 1, 28, 28]).macs).toBe(416_520);
  });

  test('ResNet-18: 1.81 billion multiply-adds, as published', () => {
    const stages = [64, 128, 256, 512].flatMap((width, i) => [
      new nn.BasicBlock(i === 0 ? 64 : width / 2, width, { stride: i === 0 ? 1 : 2 }),
      new nn.BasicBlock(width, width),
    ]);
    const model = new Sequential(
      new nn.Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
      new nn.BatchNorm2d(64),
      new nn.ReLU(),
      new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
      ...stages,
      new nn.GlobalAvgPool(),
      new nn.Flatten(),
      new nn.Linear(512, 1000),
    );
    expect(total(model, [1, 3, 224, 224]).macs).toBe(1_814_073_344);
    const receptive = summarize(model, zeros([1, 3, 224, 224])).find((l) => l.name === '11');
    const all = { size: 435, jump: 32 };
    expect(receptive?.receptiveField).toEqual([all, all]);
  });

  test('MobileNetV2: 300 million multiply-adds, as published', () => {
    const conv = (from: number, to: number, size: number, stride: number): Sequential =>
      new Sequential(
        new nn.Conv2d(from, to, size, { stride, padding: (size - 1) / 2, bias: false }),
        new nn.BatchNorm2d(to),
        new nn.ReLU6(),
      );
    // Expansion, channels, repetitions and stride: table 2 of the paper.
    const table = [
      [1, 16, 1, 1],
      [6, 24, 2, 2],
      [6, 32, 3, 2],
      [6, 64, 4, 2],
      [6, 96, 3, 1],
      [6, 160, 3, 2],
      [6, 320, 1, 1],
    ] as const;
    let from = 32;
    const blocks = table.flatMap(([expandRatio, to, n, stride]) =>
      Array.from({ length: n }, (_, i) => {
        const block = new nn.InvertedResidual(from, to, { expandRatio, stride: i ? 1 : stride });
        from = to;
        return block;
      }),
    );
    const model = new Sequential(
      conv(3, 32, 3, 2),
      ...blocks,
      conv(320, 1280, 1, 1),
      new nn.GlobalAvgPool(),
      new nn.Flatten(),
      new nn.Linear(1280, 1000),
    );
    expect(total(model, [1, 3, 224, 224]).macs).toBe(300_774_272);
  });
});
