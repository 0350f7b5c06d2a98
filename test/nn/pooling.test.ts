// covers: src/nn/max-unpool.ts, src/nn/functional/max-unpool.ts
// covers: src/nn/global-pool.ts, src/nn/functional/global-pool.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import {
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  AvgPool2d,
  GlobalAvgPool,
  GlobalMaxPool,
  LPPool2d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  MaxUnpool1d,
  MaxUnpool2d,
  MaxUnpool3d,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  globalAvgPool,
  globalMaxPool,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxUnpool2d,
} from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { grad, ones, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from '../tensor/check.js';

/** f of the elements of each window along an axis, padding left out, as it is defined. */
function directly(
  x: readonly number[],
  [size, stride, padding, dilation]: readonly [number, number, number, number],
  f: (window: readonly number[]) => number,
): number[] {
  const room = x.length + 2 * padding - dilation * (size - 1) - 1;
  return Array.from({ length: Math.floor(room / stride) + 1 }, (_, p) => {
    const at = Array.from({ length: size }, (_tap, k) => p * stride + k * dilation - padding);
    return f(at.filter((i) => i >= 0 && i < x.length).map((i) => x[i]!));
  });
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

const config = fc.record({
  length: fc.integer({ min: 4, max: 9 }),
  size: fc.integer({ min: 2, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 1 }),
});

test('each pooling is what it is defined to be, on drawn configurations', () => {
  fc.assert(
    fc.property(config, ({ length, size, stride, padding }) => {
      const x = values(sample([length]));
      const row = f64([[x]]);
      const window = [size, stride, padding, 1] as const;
      const options = { stride, padding };
      const max = directly(x, window, (w) => Math.max(...w));
      expectClose(maxPool1d(row, size, options), [[max]], 0);
      const mean = directly(x, window, (w) => sum(w) / size);
      expectClose(avgPool1d(row, size, options), [[mean]], 1e-14);
      const inside = directly(x, window, (w) => sum(w) / w.length);
      const within = avgPool1d(row, size, { ...options, countIncludePad: false });
      expectClose(within, [[inside]], 1e-14);
      const norm = directly(x, [size, stride, 0, 1], (w) => Math.hypot(...w));
      expectClose(lpPool1d(row, 2, size, { stride }), [[norm]], 1e-14);
    }),
    { numRuns: 40 },
  );
});

test('adaptive windows cover the axis, more of them than elements included', () => {
  const x = values(sample([7]));
  for (const count of [1, 2, 3, 4, 5, 7, 10]) {
    const want = Array.from({ length: count }, (_, p) => {
      const end = Math.ceil(((p + 1) * 7) / count);
      const window = x.slice(Math.floor((p * 7) / count), end);
      return sum(window) / window.length;
    });
    expectClose(adaptiveAvgPool1d(f64([[x]]), count), [[want]], 1e-14);
  }
});

test('global pooling is adaptive pooling to 1, for any number of axes', () => {
  const x = sample([2, 3, 4, 5]);
  expectClose(globalAvgPool(x), adaptiveAvgPool2d(x, 1).array(), 1e-14);
  expectClose(new GlobalMaxPool().forward(x), adaptiveMaxPool2d(x, 1).array(), 0);
  expect(new GlobalAvgPool().forward(zeros([2, 3, 4])).shape).toEqual([2, 3, 1]);
  expect(globalMaxPool(zeros([2, 3, 2, 2, 2])).shape).toEqual([2, 3, 1, 1, 1]);
});

describe('gradients agree with differences', () => {
  test('of the maximum and the mean, in each number of dimensions', () => {
    const [one, two, three] = [sample([1, 2, 7]), sample([1, 2, 4, 5]), sample([1, 1, 3, 4, 3])];
    checkGradient((x) => maxPool1d(x, 3, { stride: 2, padding: 1 }), [one]);
    checkGradient((x) => maxPool2d(x, 2, { stride: 1, dilation: 2 }), [two]);
    checkGradient((x) => maxPool3d(x, 2, { stride: 1, ceilMode: true }), [three]);
    checkGradient((x) => avgPool1d(x, 3, { stride: 2, padding: 1, countIncludePad: false }), [one]);
    checkGradient((x) => avgPool2d(x, 2, { ceilMode: true }), [two]);
    checkGradient((x) => avgPool3d(x, 2, { stride: 1, divisorOverride: -3 }), [three]);
  });

  test('of the others', () => {
    const positive = sample([1, 2, 4, 5]).abs().add(0.1);
    checkGradient((x) => lpPool1d(x, 3, 2), [positive.flatten(2)]);
    checkGradient((x) => lpPool2d(x, 2.5, 2, { ceilMode: true }), [positive]);
    checkGradient((x) => lpPool3d(x, 2, 2), [sample([1, 1, 2, 4, 3])]);
    checkGradient((x) => adaptiveAvgPool2d(x, [3, 2]), [sample([1, 2, 4, 5])]);
    checkGradient((x) => adaptiveAvgPool3d(x, 2), [sample([1, 1, 3, 2, 3])]);
    checkGradient((x) => adaptiveMaxPool2d(x, [3, null]), [sample([1, 2, 4, 5])]);
    checkGradient(globalAvgPool, [sample([2, 2, 3])]);
    checkGradient(globalMaxPool, [sample([2, 2, 3])]);
    const [, indices] = maxPool2dWithIndices(sample([1, 2, 5, 4]), 3, { stride: 1 });
    checkGradient((y) => maxUnpool2d(y, indices, 3, { stride: 1 }), [sample(indices.shape, 2)]);
  });
});

test('ties go to the first, and a window of zeros has no slope', () => {
  const slope = grad((x: Tensor) => adaptiveMaxPool2d(x, [1, 2]).sum());
  expect(values(slope(ones([1, 1, 2, 3])))).toEqual([1, 1, 0, 0, 0, 0]);
  expect(values(grad((x: Tensor) => lpPool1d(x, 2, 2).sum())(zeros([1, 1, 4])))).toEqual([
    0, 0, 0, 0,
  ]);
});

test('NaN and infinity stay in the windows that have them', () => {
  const x = f64([[[1, 2, 3, Infinity, NaN, 1, 5]]]);
  expect(values(adaptiveAvgPool1d(x, 3))).toEqual([2, NaN, NaN]);
  expect(values(adaptiveAvgPool1d(x.narrow(2, 0, 4), 3))).toEqual([1.5, 2.5, Infinity]);
  expect(values(maxPool1d(x, 2))).toEqual([2, Infinity, NaN]);
});

describe('indices', () => {
  test('name the elements that were taken', () => {
    const x = sample([2, 3, 7, 9]);
    for (const [y, indices] of [
      maxPool2dWithIndices(x, 3, { stride: 2, padding: 1 }),
      adaptiveMaxPool2dWithIndices(x, [3, 4]),
      new MaxPool2d(2, { dilation: 2 }).forwardWithIndices(x),
      new AdaptiveMaxPool2d(5).forwardWithIndices(x),
    ]) {
      expect(indices.dtype).toBe('i32');
      const taken = x.flatten(2).gather(2, indices.flatten(2));
      expectClose(taken, y.flatten(2).array(), 0);
    }
  });

  test('take the maxima back, in each number of dimensions', () => {
    const [one, two, three] = [sample([2, 2, 7]), sample([2, 2, 4, 6]), sample([2, 2, 2, 4, 2])];
    const [y1, i1] = new MaxPool1d(2).forwardWithIndices(one);
    const [y2, i2] = new MaxPool2d(2).forwardWithIndices(two);
    const [y3, i3] = new MaxPool3d(2).forwardWithIndices(three);
    expect(new MaxUnpool1d(2).forward(y1, i1).shape).toEqual([2, 2, 6]);
    const back = new MaxUnpool1d(2).forward(y1, i1, [7]);
    expect(back.shape).toEqual([2, 2, 7]);
    expectClose(maxPool1d(back.abs(), 2), y1.abs().array(), 0);
    expectClose(new MaxUnpool2d(2).forward(y2, i2).sum(), y2.sum().item(), 1e-14);
    expect(new MaxUnpool3d(2).forward(y3, i3).shape).toEqual(three.shape);
    const single = maxUnpool2d(y2.at(0), i2.at(0), 2);
    expectClose(single, new MaxUnpool2d(2).forward(y2, i2).at(0).array(), 0);
  });

  test('of overlapping windows put a shared maximum back once', () => {
    const x = f64([
      [
        [
          [0, 0, 0],
          [0, 3, 0],
          [0, 0, 0],
        ],
      ],
    ]);
    const [y, indices] = maxPool2dWithIndices(x, 2, { stride: 1 });
    expect(values(y)).toEqual([3, 3, 3, 3]);
    expectClose(maxUnpool2d(y, indices, 2, { stride: 1 }), x.array(), 0);
  });

  test('of single samples are there, too', () => {
    expect(new AdaptiveMaxPool1d(2).forwardWithIndices(sample([3, 5]))[1].shape).toEqual([3, 2]);
    expect(new AdaptiveMaxPool3d(2).forwardWithIndices(sample([1, 3, 3, 3]))[1].shape).toEqual([
      1, 2, 2, 2,
    ]);
  });
});

test('how they print', () => {
  expect(String(new MaxPool2d(3, { stride: 2, padding: 1 }))).toContain(
    'MaxPool2d(kernelSize=[3,3], stride=[2,2], padding=1)',
  );
  expect(String(new LPPool2d(2, 3))).toContain(
    'LPPool2d(normType=2, kernelSize=[3,3], stride=[3,3])',
  );
  expect(String(new AdaptiveAvgPool2d([3, null]))).toContain('outputSize=[3,null]');
  expect(String(new MaxUnpool1d(2))).toContain(
    'MaxUnpool1d(kernelSize=[2], stride=[2], padding=[0])',
  );
});

test('what does not fit is told', () => {
  const x = zeros([1, 2, 4, 4]);
  const refused: [() => unknown, new (...args: never[]) => Error, string][] = [
    [() => maxPool2d(x, 5), ShapeError, 'input 4 + padding 0 + 0 is less than 1 · (5 - 1) + 1 = 5'],
    [() => maxPool2d(x, 2, { padding: 2 }), ArgumentError, 'more than half of the window'],
    [
      () => maxPool2d(zeros([4, 4]), 2),
      ShapeError,
      'maxPool2d: input is [4, 4]; give one [N, C, H, W]',
    ],
    [() => new MaxPool2d([2, 2, 2]), ArgumentError, 'MaxPool2d: kernelSize is [2, 2, 2]'],
    [() => new AvgPool2d(2, { stride: 0 }), ArgumentError, 'AvgPool2d: stride is 0'],
    [() => avgPool2d(x.int(), 2), DTypeError, 'avgPool2d: input is i32; use f32 or f64'],
    [() => avgPool2d(x, 2, { divisorOverride: 0 }), ArgumentError, 'divisorOverride is 0'],
    [() => new LPPool2d(0, 2), ArgumentError, 'LPPool2d: normType is 0; use a number above 0'],
    [() => lpPool2d(x, Infinity, 2), ArgumentError, 'for the maximum maxPool1d to maxPool3d'],
    [() => adaptiveAvgPool2d(x, 0), ArgumentError, 'adaptiveAvgPool2d: outputSize is 0; give an'],
    [() => adaptiveMaxPool2d(x, [1]), ArgumentError, 'outputSize is [1]; give an integer'],
    [() => adaptiveAvgPool2d(zeros([1, 2, 0, 4]), 1), ShapeError, 'are not empty'],
    [() => globalAvgPool(zeros([2, 3])), ShapeError, 'globalAvgPool: input is [2, 3]; give one'],
    [() => globalMaxPool(zeros([2, 3, 0])), ShapeError, 'globalMaxPool: input is [2, 3, 0]'],
    [() => maxUnpool2d(x, x, 2), DTypeError, 'maxUnpool2d: indices are f32; use i32'],
    [
      () => maxUnpool2d(x, zeros([1, 2, 4, 3], { dtype: 'i32' }), 2),
      ShapeError,
      'input is [1, 2, 4, 4], indices are [1, 2, 4, 3]',
    ],
    [
      () => maxUnpool2d(x, x.int(), 2, { outputSize: [8, 10] }),
      ArgumentError,
      'extent 10 along spatial axis 1, and (4 - 1) · 2 + 2 - 2 · 0 = 8; use an outputSize less than 2',
    ],
  ];
  for (const [make, type, text] of refused) {
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  }
});
