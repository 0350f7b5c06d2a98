// covers: src/nn/convolution-weights.ts, src/nn/separable-convolution.ts
// covers: src/nn/functional/spatial-input.ts, src/nn/shown-settings.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import type { ConvolutionOptions, Module } from '../../src/nn/index.js';
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  SeparableConv2d,
  SpatiallySeparableConv2d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  pad,
} from '../../src/nn/index.js';
import { Generator, manualSeed, ones, tensor, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from '../tensor/check.js';

const CONV = [conv1d, conv2d, conv3d];
const TRANSPOSED = [convTranspose1d, convTranspose2d, convTranspose3d];

/** Y[p] = Σ_k x[stride · p + dilation · k] w[k] for one channel along one axis, as it is defined. */
function directly(x: readonly number[], w: readonly number[], stride: number, dilation: number) {
  const count = Math.floor((x.length - dilation * (w.length - 1) - 1) / stride) + 1;
  return Array.from({ length: count }, (_, p) =>
    w.reduce((sum, weight, k) => sum + weight * x[stride * p + dilation * k]!, 0),
  );
}

const config = fc.record({
  dims: fc.integer({ min: 1, max: 3 }),
  size: fc.array(fc.integer({ min: 3, max: 7 }), { minLength: 3, maxLength: 3 }),
  kernel: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  padding: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
});

test('⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩ for all options, in f64', () => {
  fc.assert(
    fc.property(config, ({ dims, size, kernel, stride, dilation, padding, groups }) => {
      const options = { stride, dilation, padding, groups };
      const w = sample([2 * groups, 2, ...kernel.slice(0, dims)], 3);
      const x = sample([2, 2 * groups, ...size.slice(0, dims)]);
      const y = CONV[dims - 1]!(x, w, null, options);
      const z = sample(y.shape, 5);
      // The extents that a stride rounds away come back as output padding.
      const outputPadding = size.slice(0, dims).map((s, i) => {
        return (s + 2 * padding - dilation * (kernel[i]! - 1) - 1) % stride;
      });
      const back = TRANSPOSED[dims - 1]!(z, w, null, { ...options, outputPadding });
      expect(back.shape).toEqual(x.shape);
      const [left, right] = [y.mul(z).sum().item(), back.mul(x).sum().item()];
      expect(Math.abs(left - right)).toBeLessThan(1e-11 * Math.max(1, Math.abs(left)));
    }),
    { numRuns: 40 },
  );
});

test('is the sum that defines it, on drawn configurations', () => {
  fc.assert(
    fc.property(config, ({ size, kernel, stride, dilation }) => {
      const x = values(sample([size[0]! + 4]));
      const w = values(sample([kernel[0]!], 2));
      const got = conv1d(f64([[x]]), f64([[w]]), null, { stride, dilation });
      expectClose(got, [[directly(x, w, stride, dilation)]], 1e-12);
      const mirrored = conv1d(f64([[x]]), f64([[w]]), null, { stride, dilation, flipKernel: true });
      expectClose(mirrored, [[directly(x, [...w].reverse(), stride, dilation)]], 1e-12);
    }),
    { numRuns: 40 },
  );
});

test('padding modes are `pad` and then no padding', () => {
  const [x, w] = [sample([2, 2, 5, 6]), sample([3, 2, 3, 2], 2)];
  for (const mode of ['reflect', 'replicate', 'circular'] as const) {
    const pairs = [
      [1, 2],
      [0, 3],
    ] as const;
    const got = conv2d(x, w, null, { padding: pairs, paddingMode: mode });
    expectClose(got, conv2d(pad(x, pairs, { mode }), w).array(), 1e-12);
  }
});

test('a layer with flipKernel turns its kernel by 180°', () => {
  const layer = new Conv2d(2, 3, [2, 3], { flipKernel: true, dtype: 'f64', padding: 'same' });
  const x = sample([1, 2, 4, 5]);
  const turned = layer.weight.flip([2, 3]);
  expectClose(layer.forward(x), conv2d(x, turned, layer.bias, { padding: 'same' }).array(), 0);
});

describe('gradients agree with differences', () => {
  test.each([1, 2, 3])('in %i dimensions', (dims) => {
    const size = [4, 3, 3].slice(0, dims);
    const kernel = [2, 2, 1].slice(0, dims);
    const options = { stride: 2, padding: 1, groups: 2, paddingMode: 'reflect' } as const;
    const inputs = [sample([1, 2, ...size]), sample([2, 1, ...kernel], 2), sample([2], 3)];
    checkGradient((x, w, b) => CONV[dims - 1]!(x!, w!, b, options), inputs);
    const flipped = { dilation: 2, padding: 'same', groups: 2, flipKernel: true } as const;
    checkGradient((x, w, b) => CONV[dims - 1]!(x!, w!, b, flipped), inputs);
    const up = { stride: 2, outputPadding: 1, groups: 2 };
    checkGradient((x, w, b) => TRANSPOSED[dims - 1]!(x!, w!, b, up), inputs);
  });

  test('of every padding', () => {
    for (const mode of ['reflect', 'replicate', 'circular', 'constant'] as const) {
      checkGradient((x) => pad(x, [[2, 1]], { mode }), [sample([2, 3])]);
    }
  });
});

test('a single sample is a batch of one', () => {
  const w = sample([4, 3, 2, 2], 2);
  const x = sample([3, 5, 5]);
  expectClose(conv2d(x, w), conv2d(x.unsqueeze(0), w).squeeze(0).array(), 0);
  const up = convTranspose2d(conv2d(x, w), w);
  expect(up.shape).toEqual([3, 5, 5]);
  expect(conv1d(zeros([0, 3, 5]), zeros([2, 3, 2])).shape).toEqual([0, 2, 4]);
});

describe('separable', () => {
  test('in depth: each channel by itself, then a mixture of channels', () => {
    const layer = new SeparableConv2d(3, 4, 3, { depthMultiplier: 2, padding: 1, dtype: 'f64' });
    const x = sample([2, 3, 5, 6]);
    const { weight: deep } = layer.depthwise;
    const { weight: point, bias } = layer.pointwise;
    // The same as one dense kernel: w[o, c] = Σ_m point[o, (c, m)] · deep[(c, m)].
    const dense = point
      .reshape([4, 3, 2, 1, 1])
      .mul(deep.reshape([1, 3, 2, 3, 3]))
      .sum(2);
    expectClose(layer.forward(x), conv2d(x, dense, bias, { padding: 1 }).array(), 1e-12);
    expect([...layer.parameters()].map((p) => p.size)).toEqual([3 * 2 * 9, 4 * 6, 4]);
    expect(Object.keys(layer.stateDict())).toEqual([
      'depthwise.weight',
      'pointwise.weight',
      'pointwise.bias',
    ]);
  });

  test('in space: with one channel the convolution with the outer product', () => {
    const options = { stride: [2, 1], padding: [1, [0, 2]], dtype: 'f64' } as const;
    const layer = new SpatiallySeparableConv2d(1, 1, [3, 2], options);
    const kernel = layer.vertical.weight.mul(layer.horizontal.weight);
    const x = sample([2, 1, 7, 6]);
    const { stride, padding } = options;
    const want = conv2d(x, kernel, layer.horizontal.bias, { stride, padding });
    expectClose(layer.forward(x), want.array(), 1e-12);
    const same = new SpatiallySeparableConv2d(2, 3, 3, { padding: 'same', dilation: 2 });
    expect(same.forward(ones([1, 2, 7, 8])).shape).toEqual([1, 3, 7, 8]);
    const one = new SpatiallySeparableConv2d(1, 1, 3, { padding: 1, stride: 2 });
    expect(one.forward(ones([1, 1, 7, 8])).shape).toEqual([1, 1, 4, 4]);
  });
});

describe('first weights', () => {
  const bounds: [string, () => Module, number][] = [
    ['Conv1d', () => new Conv1d(10, 400, 10), 100],
    ['Conv2d', () => new Conv2d(8, 400, [5, 5], { groups: 2 }), 100],
    ['Conv3d', () => new Conv3d(2, 100, [2, 5, 5]), 100],
    ['ConvTranspose1d', () => new ConvTranspose1d(400, 10, 10), 100],
    ['ConvTranspose2d', () => new ConvTranspose2d(400, 8, 5, { groups: 2 }), 100],
    ['ConvTranspose3d', () => new ConvTranspose3d(100, 2, [2, 5, 5]), 100],
  ];
  test.each(bounds)('of %s are uniform on ±1/√fanIn', (_, make, fanIn) => {
    manualSeed(5);
    const [weight, bias] = [...make().parameters()].map(values) as [number[], number[]];
    const bound = 1 / Math.sqrt(fanIn);
    expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...weight)).toBeGreaterThan(0.99 * bound);
    const variance = weight.reduce((s, v) => s + v * v, 0) / weight.length;
    expect(variance / (bound * bound)).toBeCloseTo(1 / 3, 1);
    expect(Math.max(...bias.map(Math.abs))).toBeLessThanOrEqual(bound);
  });

  test('come from the generator given', () => {
    const made = (seed: number): number[] => {
      const options = { generator: new Generator(seed) };
      return [...new SeparableConv2d(2, 3, 2, options).parameters()].flatMap(values);
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
  });
});

test('outputSize chooses among the extents that a stride maps to one', () => {
  const down = new Conv2d(1, 1, 3, { stride: 2, padding: 1 });
  const up = new ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
  for (const size of [
    [13, 13],
    [14, 13],
    [14, 14],
  ]) {
    const small = down.forward(zeros([1, 1, ...size]));
    expect(up.forward(small, size).shape).toEqual([1, 1, ...size]);
  }
  expect(() => up.forward(zeros([1, 1, 7, 7]), [13, 15])).toThrow(
    'ConvTranspose2d: outputSize is 15 along spatial axis 1 of input [1, 1, 7, 7]; use 13 to 14.',
  );
});

test('how they print', () => {
  expect(String(new Conv2d(1, 6, 5, { padding: 2 }))).toContain(
    'Conv2d(1, 6, kernelSize=[5,5], stride=[1,1], padding=2)',
  );
  const options: ConvolutionOptions = {
    padding: 'same',
    paddingMode: 'circular',
    dilation: 2,
    groups: 2,
    bias: false,
    flipKernel: true,
  };
  expect(String(new Conv1d(4, 6, 3, options))).toContain(
    'Conv1d(4, 6, kernelSize=[3], stride=[1], padding=same, dilation=[2], groups=2, bias=false, ' +
      'paddingMode=circular, flipKernel=true)',
  );
  expect(String(new ConvTranspose1d(4, 6, 3, { stride: 2, outputPadding: 1 }))).toContain(
    'ConvTranspose1d(4, 6, kernelSize=[3], stride=[2], outputPadding=[1])',
  );
});

describe('what does not fit is told', () => {
  const refused = (make: () => unknown, type: new (...args: never[]) => Error, text: string) => {
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  };

  test('channels and groups', () => {
    const x = zeros([8, 3, 32, 32]);
    refused(
      () => conv2d(x, zeros([16, 4, 3, 3])),
      ShapeError,
      'conv2d: input has 3 channels, weight expects 4 (input [N, C, …] = [8, 3, 32, 32], weight ' +
        '[O, C / groups, …] = [16, 4, 3, 3], groups 1); pass a weight with 3 in dim 1.',
    );
    refused(
      () => conv2d(x, zeros([16, 1, 3, 3]), null, { groups: 2 }),
      ArgumentError,
      'conv2d: groups is 2, and there are 3 input and 16 output channels; use a positive divisor',
    );
    refused(
      () => new Conv2d(4, 6, 3, { groups: 4 }),
      ArgumentError,
      'Conv2d: groups is 4, which does not divide inChannels, 4, and outChannels, 6; use a divisor',
    );
    refused(() => new Conv2d(0, 6, 3), ArgumentError, 'Conv2d: inChannels is 0; use an integer');
    refused(() => new SeparableConv2d(2, 0, 3), ArgumentError, 'SeparableConv2d: outChannels is 0');
    refused(
      () => new SeparableConv2d(2, 2, 3, { depthMultiplier: 0.5 }),
      ArgumentError,
      'SeparableConv2d: depthMultiplier is 0.5',
    );
  });

  test('an output that would be empty, with the arithmetic', () => {
    const options = { dilation: [1, 2], padding: [0, 1], paddingMode: 'circular' } as const;
    refused(
      () => conv2d(zeros([1, 1, 4, 2]), zeros([1, 1, 3, 3]), null, options),
      ShapeError,
      'conv2d: the window does not fit along spatial axis 1: input 2 + padding 1 + 1 is less than ' +
        '2 · (3 - 1) + 1 = 5; use a smaller window or more padding.',
    );
    refused(
      () => convTranspose1d(zeros([1, 2, 3]), zeros([2, 1, 3]), null, { padding: 3 }),
      ShapeError,
      'nothing is left along spatial axis 0: 1 · (3 - 1) + 1 · (3 - 1) + 1 - 6 + 0 = -1',
    );
  });

  test('ranks, dtypes and biases', () => {
    const x = zeros([1, 2, 5]);
    refused(() => conv2d(zeros([5, 5]), zeros([1, 1, 3, 3])), ShapeError, '[N, C, H, W] or');
    refused(
      () => conv3d(zeros([1, 1, 5, 5, 5]), zeros([1, 1, 3, 3])),
      ShapeError,
      'conv3d: weight is [1, 1, 3, 3]; give one [O, C / groups, kD, kH, kW].',
    );
    refused(
      () => conv1d(x, zeros([3, 2, 3]), zeros([2])),
      ShapeError,
      'conv1d: bias is [2], and there are 3 output channels; give a bias [3].',
    );
    refused(() => conv1d(x.int(), zeros([3, 2, 3])), DTypeError, 'conv1d: input is i32; use f32');
    refused(
      () => convTranspose1d(x, zeros([2, 3, 3], { dtype: 'f64' })),
      DTypeError,
      "convTranspose1d: input is f32, weight f64; convert one, as with to('f64').",
    );
  });

  test('numbers', () => {
    refused(() => new Conv2d(1, 1, 0), ArgumentError, 'Conv2d: kernelSize is 0');
    refused(() => new Conv2d(1, 1, [3, 3, 3]), ArgumentError, 'kernelSize is [3, 3, 3]');
    refused(() => new Conv2d(1, 1, 3, { stride: 0 }), ArgumentError, 'Conv2d: stride is 0');
    refused(() => new Conv2d(1, 1, 3, { padding: [1] }), ArgumentError, 'padding is [1]');
    refused(() => new ConvTranspose1d(1, 1, 3, { padding: -1 }), ArgumentError, 'padding is -1');
    refused(
      () => new SpatiallySeparableConv2d(1, 1, 3, { padding: [1, 1, 1] }),
      ArgumentError,
      'padding is [1,1,1]',
    );
  });

  test('padding that a mode does not have', () => {
    const x = tensor([1, 2, 3]);
    refused(
      () => pad(x, [[0, 3]], { mode: 'reflect' }),
      ShapeError,
      "pad: 3 elements beside axis 0 of input [3] are more than mode 'reflect' has for an axis of 3; " +
        'use at most 2, or another mode.',
    );
    refused(() => pad(x, [[4, 0]], { mode: 'circular' }), ShapeError, 'use at most 3');
    refused(() => pad(zeros([0]), [[1, 0]], { mode: 'replicate' }), ShapeError, 'no padding');
    refused(() => pad(x, [[-1, 0]], { mode: 'replicate' }), ArgumentError, '[[-1,0]]');
    refused(
      () =>
        pad(
          x,
          [
            [1, 1],
            [1, 1],
          ],
          { mode: 'circular' },
        ),
      ArgumentError,
      'at most 1 pairs',
    );
    refused(
      () => pad(x, [[1, 1]], { mode: 'mirror' as 'reflect' }),
      ArgumentError,
      "mode is 'mirror'",
    );
  });
});
