// covers: src/nn/upsample.ts, src/nn/functional/interpolate.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import type { InterpolateMode } from '../../src/nn/index.js';
import {
  Fold,
  PixelShuffle,
  PixelUnshuffle,
  Unfold,
  Upsample,
  conv2d,
  fold,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
} from '../../src/nn/index.js';
import { arange, ones, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from '../tensor/check.js';

describe('Unfold and Fold', () => {
  test('⟨unfold(x), c⟩ = ⟨x, fold(c)⟩, in f64', () => {
    const options = { stride: [2, 1], padding: 1, dilation: [1, 2] } as const;
    const x = sample([2, 3, 6, 7]);
    const y = new Unfold([3, 2], options).forward(x);
    const c = sample(y.shape, 4);
    const back = new Fold([6, 7], [3, 2], options).forward(c);
    expect(y.mul(c).sum().item()).toBeCloseTo(back.mul(x).sum().item(), 10);
  });

  test('a convolution is a product with the columns', () => {
    const [x, w] = [sample([2, 3, 6, 5]), sample([4, 3, 3, 2], 2)];
    const product = w.reshape([4, 18]).matmul(unfold(x, [3, 2]));
    expectClose(product.reshape([2, 4, 4, 4]), conv2d(x, w).array(), 1e-12);
  });

  test('single samples have no batch axis', () => {
    expect(unfold(zeros([3, 4, 4]), 2).shape).toEqual([12, 9]);
    expect(fold(zeros([12, 9]), 4, 2).shape).toEqual([3, 4, 4]);
  });
});

describe('interpolate', () => {
  test('nearest repeats, and linear is exact on straight lines away from the edge', () => {
    expectClose(interpolate(f64([[[1, 2]]]), { scaleFactor: 3 }), [[[1, 1, 1, 2, 2, 2]]], 0);
    const line = arange(5).double().reshape([1, 1, 5]);
    const y = values(interpolate(line, { scaleFactor: 2, mode: 'linear' }));
    expect(y).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4]);
    const aligned = interpolate(line, { size: 9, mode: 'linear', alignCorners: true });
    expect(values(aligned)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
  });

  test('a constant stays one in every mode and at every size, in f64', () => {
    const modes: InterpolateMode[] = ['nearest', 'nearest-exact', 'bilinear', 'bicubic', 'area'];
    const size = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(size, fc.constantFrom(...modes), ([h, w, p, q], mode) => {
        const y = interpolate(ones([1, 1, h!, w!], { dtype: 'f64' }), { size: [p!, q!], mode });
        expect(y.shape).toEqual([1, 1, p, q]);
        for (const value of values(y)) expect(Math.abs(value - 1)).toBeLessThan(1e-13);
      }),
      { numRuns: 40 },
    );
  });

  test('the nearest of all sizes is the one that floor(i · S / P) names', () => {
    for (let from = 1; from <= 12; from++) {
      const x = arange(from).double().reshape([1, 1, from]);
      for (const to of [1, 2, 3, 5, 7, 12, 24]) {
        const want = Array.from({ length: to }, (_, i) => Math.floor((i * from) / to));
        expect(values(interpolate(x, { size: to }))).toEqual(want);
      }
    }
  });

  test('gradients agree with differences', () => {
    const x = sample([1, 2, 3, 4]);
    for (const mode of ['nearest', 'bilinear', 'bicubic', 'area'] as const) {
      checkGradient((t) => interpolate(t, { scaleFactor: 2, mode }), [x]);
      checkGradient((t) => interpolate(t, { size: [5, 3], mode }), [x]);
    }
    checkGradient((t) => interpolate(t, { size: 4, mode: 'bilinear', alignCorners: true }), [x]);
    checkGradient((t) => pixelShuffle(t, 2), [sample([1, 4, 2, 1])]);
    checkGradient((t) => pixelUnshuffle(t, 2), [sample([1, 1, 2, 4])]);
    checkGradient((t) => unfold(t, 2, { padding: 1 }), [x]);
    checkGradient((t) => fold(t, [2, 3], 2, { padding: 1 }), [sample([1, 4, 12])]);
  });

  test('values that are not finite stay among their neighbours', () => {
    const x = f64([[[1, 2, 3, NaN]]]);
    expect(values(interpolate(x, { size: 2, mode: 'linear' }))).toEqual([1.5, NaN]);
  });
});

test('pixel shuffle puts channel (c, i, j) at place (r h + i, r w + j), and back', () => {
  const x = sample([2, 12, 3, 2]);
  const y = pixelShuffle(x, 2);
  for (const [c, i, j, h, w] of [
    [0, 0, 0, 0, 0],
    [1, 1, 0, 2, 1],
    [2, 0, 1, 1, 0],
  ] as const) {
    expect(y.at(1, c, 2 * h + i, 2 * w + j).item()).toBe(x.at(1, 4 * c + 2 * i + j, h, w).item());
  }
  expectClose(new PixelUnshuffle(2).forward(new PixelShuffle(2).forward(x)), x.array(), 0);
});

test('how they print', () => {
  const up = new Upsample({ scaleFactor: 2, mode: 'bilinear' });
  expect(up.forward(zeros([1, 2, 3, 4])).shape).toEqual([1, 2, 6, 8]);
  expect(String(up)).toContain('Upsample(scaleFactor=2, mode=bilinear)');
  expect(String(new Unfold(3, { stride: 2 }))).toContain('Unfold(kernelSize=[3,3], stride=2)');
  expect(String(new Fold(8, 3))).toContain('Fold(outputSize=[8,8], kernelSize=[3,3])');
  expect(String(new PixelShuffle(2))).toContain('PixelShuffle(upscaleFactor=2)');
});

test('what does not fit is told', () => {
  const x = zeros([1, 2, 4, 4]);
  const refused: [() => unknown, new (...args: never[]) => Error, string][] = [
    [() => unfold(x, 5), ShapeError, 'input 4 + padding 0 + 0 is less than 1 · (5 - 1) + 1 = 5'],
    [() => fold(zeros([1, 5, 9]), 4, 2), ShapeError, 'col2im: columns have shape [1, 5, 9]'],
    [() => fold(zeros([9]), 4, 2), ShapeError, 'fold: input is [9]; give one [N, C · kH · kW, L]'],
    [() => new Unfold(0), ArgumentError, 'Unfold: kernelSize is 0'],
    [() => interpolate(x, {}), ArgumentError, 'neither size nor scaleFactor is given'],
    [
      () => new Upsample({ size: 2, scaleFactor: 2 }),
      ArgumentError,
      'Upsample: size and scaleFactor are',
    ],
    [() => interpolate(x, { scaleFactor: 0.1 }), ArgumentError, '⌊4 · 0.1⌋ = 0; use a larger'],
    [() => interpolate(x, { scaleFactor: [2, 0] }), ArgumentError, 'scaleFactor is [2,0]; give a'],
    [() => interpolate(x, { size: [2] }), ArgumentError, 'interpolate: size is [2]'],
    [
      () => interpolate(x, { size: 2, mode: 'linear' }),
      ShapeError,
      "mode 'linear' takes [N, C, …] with 1",
    ],
    [
      () => interpolate(x, { size: 2, mode: 'cubic' as 'bicubic' }),
      ArgumentError,
      "mode is 'cubic'",
    ],
    [() => interpolate(x, { size: 2, alignCorners: true }), ArgumentError, 'no corners to align'],
    [() => interpolate(zeros([1, 1, 0, 2]), { size: 2 }), ShapeError, 'are not empty'],
    [() => interpolate(x.int(), { size: 2 }), DTypeError, 'interpolate: input is i32'],
    [
      () => pixelShuffle(x, 2),
      ArgumentError,
      'has 2 channels, which upscaleFactor² = 4 does not divide',
    ],
    [
      () => pixelShuffle(zeros([4, 2]), 2),
      ShapeError,
      'pixelShuffle: input is [4, 2]; give one [*, C',
    ],
    [() => pixelUnshuffle(x, 3), ArgumentError, 'does not divide height 4 and width 4'],
    [() => new PixelShuffle(0), ArgumentError, 'PixelShuffle: upscaleFactor is 0'],
  ];
  for (const [make, type, text] of refused) {
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  }
});
