// covers: src/tensor/receptive-field.ts, src/tensor/input-field.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import { Module, Sequential, summarize, type UnaryModule } from '../../src/nn/index.js';
import { ones, rand, tensor, zeros, type Tensor } from '../../src/tensor/index.js';
import type { AxisField } from '../../src/tensor/index.js';
import './check.js';

/** What a model's output sees of an input of `shape`. */
function fieldOf(model: UnaryModule, shape: readonly number[]): readonly (AxisField | null)[] {
  const layers = summarize(model, zeros([...shape]));
  return (layers.find(({ name }) => name === '') ?? layers.at(-1)!).receptiveField!;
}

/** Weights of ones, so that no influence is lost by chance. */
function positive<M extends Module>(model: M): M {
  for (const p of model.parameters()) p.assign(ones(p.shape));
  return model;
}

/** The places of an input [1, C, L] on which element `at` of the output [1, C, P] depends. */
function influence(model: UnaryModule, length: number, channels: number, at: number): number[] {
  const x = rand([1, channels, length]);
  x.requiresGrad = true;
  model.eval().forward(x).narrow(2, at, 1).sum().backward();
  const slopes = x.grad!.abs().sum([0, 1]).dataSync();
  return Array.from(slopes).flatMap((slope, i) => (slope > 0 ? [i] : []));
}

const conv = (size: number, options: nn.ConvolutionOptions = {}): nn.Conv1d =>
  new nn.Conv1d(2, 2, size, options);

/** Nets over [1, 2, 64], each with sizes and jumps by the usual recursion. */
const NETS: [string, () => UnaryModule, number, number][] = [
  ['a convolution', () => conv(5), 5, 1],
  ['with stride and padding', () => conv(3, { stride: 2, padding: 1 }), 3, 2],
  ['dilated', () => conv(3, { dilation: 4 }), 9, 1],
  ['two in a row', () => new Sequential(conv(3, { stride: 2 }), conv(3)), 7, 2],
  ['with pooling', () => new Sequential(conv(5), new nn.AvgPool1d(2), conv(5)), 14, 2],
  [
    'pooled twice',
    () => new Sequential(new nn.AvgPool1d(3, { stride: 2 }), new nn.AvgPool1d(2)),
    5,
    4,
  ],
  ['reflected', () => conv(5, { padding: 2, paddingMode: 'reflect' }), 5, 1],
  ['in groups', () => conv(3, { groups: 2, padding: 1 }), 3, 1],
  [
    'with an activation and a norm',
    () => new Sequential(conv(3), new nn.BatchNorm1d(2), new nn.ReLU()),
    3,
    1,
  ],
  [
    'residual',
    () => new nn.Residual(new Sequential(conv(3, { padding: 1 }), conv(3, { padding: 1 }))),
    5,
    1,
  ],
  [
    'residual by a shortcut with stride',
    () => new nn.Residual(conv(5, { stride: 2, padding: 2 }), conv(1, { stride: 2 })),
    5,
    2,
  ],
  ['transposed', () => new nn.ConvTranspose1d(2, 2, 4, { stride: 2, padding: 1 }), 2, 0.5],
  [
    'down and up',
    () =>
      new Sequential(
        conv(4, { stride: 2, padding: 1 }),
        new nn.ConvTranspose1d(2, 2, 2, { stride: 2 }),
      ),
    4,
    1,
  ],
  [
    'repeated',
    () => new Sequential(new nn.Upsample({ scaleFactor: 2 }), conv(3, { padding: 1 })),
    2,
    0.5,
  ],
  ['interpolated', () => new nn.Upsample({ scaleFactor: 2, mode: 'linear' }), 2, 0.5],
];

describe('size and jump, against what the gradients say', () => {
  test.each(NETS)('%s', (_name, make, size, jump) => {
    const model = positive(make());
    expect(fieldOf(model, [1, 2, 64])).toEqual([{ size, jump }]);
    const length = model.forward(zeros([1, 2, 64])).shape[2]!;
    const middle = Math.floor(length / 2);
    const around = [-2, -1, 0, 1, 2].map((d) => influence(model, 64, 2, middle + d));
    const spans = around.map((places) => places.at(-1)! - places[0]! + 1);
    expect(Math.max(...spans)).toBe(size);
    const centre = (places: readonly number[]): number => (places[0]! + places.at(-1)!) / 2;
    expect((centre(around[4]!) - centre(around[0]!)) / 4).toBeCloseTo(jump, 10);
  });
});

test('each axis for itself', () => {
  const layer = new nn.Conv2d(1, 1, [3, 5], { stride: [1, 2] });
  expect(fieldOf(layer, [1, 1, 20, 30])).toEqual([
    { size: 3, jump: 1 },
    { size: 5, jump: 2 },
  ]);
  expect(fieldOf(new nn.PixelUnshuffle(2), [1, 1, 8, 8])[0]).toMatchObject({ size: 2 });
  const shuffled = new Sequential(new nn.Conv2d(1, 4, 3, { padding: 1 }), new nn.PixelShuffle(2));
  expect(fieldOf(shuffled, [1, 1, 8, 8])).toEqual([
    { size: 3, jump: 0.5 },
    { size: 3, jump: 0.5 },
  ]);
});

test('VGG-16 before its dense layers: 212 every 32, as in the literature', () => {
  let from = 3;
  const layers = [1, 1, 'M', 2, 2, 'M', 4, 4, 4, 'M', 8, 8, 8, 'M', 8, 8, 8, 'M'].map((width) => {
    if (width === 'M') return new nn.MaxPool2d(2);
    // Of its channels only the ratio matters here.
    const layer = new nn.Conv2d(from, Number(width), 3, { padding: 1 });
    from = Number(width);
    return layer;
  });
  const all = { size: 212, jump: 32 };
  expect(fieldOf(new Sequential(...layers), [1, 3, 256, 256])).toEqual([all, all]);
});

describe('what sees everything', () => {
  const image = [1, 2, 6, 8];
  test.each<[string, UnaryModule]>([
    ['a global pooling', new nn.GlobalAvgPool()],
    ['an adaptive pooling to 1', new nn.AdaptiveAvgPool2d(1)],
    ['a dense layer', new Sequential(new nn.Flatten(), new nn.Linear(96, 3))],
    ['a normalisation of samples', new nn.InstanceNorm2d(2)],
    ['group norm', new nn.GroupNorm(1, 2)],
    ['squeeze-and-excitation, although x is a factor', new nn.SqueezeExcitation(2, 1)],
  ])('%s', (_name, model) => {
    expect(fieldOf(model, image)).toEqual([null, null]);
  });

  test('and stays so', () => {
    const model = new Sequential(new nn.InstanceNorm2d(2), new nn.Conv2d(2, 1, 3));
    expect(fieldOf(model, image)).toEqual([null, null]);
  });

  test('a recurrence over what a convolution gave', () => {
    class Net extends Module {
      readonly conv = new nn.Conv1d(1, 3, 3);
      readonly rnn = new nn.GRU(3, 4);
      forward(x: Tensor): Tensor {
        return this.rnn.forward(this.conv.forward(x).permute([2, 0, 1]))[0];
      }
    }
    const [conv, rnn] = summarize(new Net(), zeros([1, 1, 12]));
    expect(conv!.receptiveField).toEqual([{ size: 3, jump: 1 }]);
    expect(rnn!.receptiveField).toEqual([null]);
  });

  test('one axis only', () => {
    class Rows extends Module {
      forward(x: Tensor): Tensor {
        return x.mean([3], { keepDim: true });
      }
    }
    expect(fieldOf(new Rows(), image)).toEqual([{ size: 1, jump: 1 }, null]);
  });
});

test('a Flatten keeps sizes and has no jump; samples without axes have no field', () => {
  const model = new Sequential(new nn.Conv2d(2, 3, 3), new nn.Flatten());
  expect(fieldOf(model, [1, 2, 6, 8])).toEqual([
    { size: 3, jump: null },
    { size: 3, jump: null },
  ]);
  expect(fieldOf(new nn.Linear(3, 2), [1, 3])).toEqual([]);
});

test('places that are picked', () => {
  class Pick extends Module {
    constructor(readonly places: readonly number[]) {
      super();
    }
    forward(x: Tensor): Tensor {
      return x.indexSelect(2, tensor([...this.places], { dtype: 'i32' }));
    }
  }
  expect(fieldOf(new Pick([0, 2, 4, 6]), [1, 1, 8])).toEqual([{ size: 1, jump: 2 }]);
  const [turned] = fieldOf(new Sequential(new Pick([7, 6, 5, 4]), conv1(3)), [1, 1, 8]);
  expect(turned).toEqual({ size: 3, jump: 1 });
});

const conv1 = (size: number): nn.Conv1d => new nn.Conv1d(1, 1, size);
