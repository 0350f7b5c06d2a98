// covers: src/tensor/spatial.ts
import { describe, expect, it } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../src/index.js';
import type { ConvOptions, Tensor } from '../../src/tensor/index.js';
import { compile, conv, convTranspose, grad, rand, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from './check.js';

describe('conv', () => {
  it('keeps the size with padding same, whatever the stride, kernel and dilation', () => {
    for (const [s, k, stride, dilation] of [
      [7, 3, 1, 1],
      [8, 4, 1, 1],
      [9, 2, 2, 3],
      [5, 5, 3, 1],
    ] as const) {
      const options = { padding: 'same', stride, dilation } as const;
      const y = conv(zeros([1, 1, s]), zeros([1, 1, k]), options);
      expect(y.shape).toEqual([1, 1, Math.ceil(s / stride)]);
    }
  });

  it('takes any number of spatial axes, none included', () => {
    expect(conv(zeros([2, 3]), zeros([5, 3])).shape).toEqual([2, 5]);
    const four = conv(zeros([1, 1, 3, 3, 3, 3]), zeros([2, 1, 2, 2, 2, 2]));
    expect(four.shape).toEqual([1, 2, 2, 2, 2, 2]);
    const x = sample([2, 3, 4]);
    expectClose(
      conv(x, f64([[[1], [0], [2]]])),
      x
        .mul(f64([[1], [0], [2]]))
        .sum(1)
        .unsqueeze(1)
        .array(),
    );
  });

  it('works through batches and channels of none', () => {
    expect(conv(zeros([0, 3, 8, 8]), zeros([4, 3, 3, 3])).shape).toEqual([0, 4, 6, 6]);
    expect(values(conv(zeros([1, 0, 3]), zeros([2, 0, 2])))).toEqual([0, 0, 0, 0]);
    const f = grad((w: Tensor) => conv(zeros([0, 3, 8]), w).sum());
    expect(values(f(rand([2, 3, 3])))).toEqual(new Array(18).fill(0));
  });

  it('has gradients that agree with differences, in a compiled step as well', () => {
    const options: ConvOptions = {
      stride: [2, 1],
      padding: [
        [1, 0],
        [2, 1],
      ],
      dilation: [1, 2],
      groups: 2,
    };
    const [x, w] = [sample([2, 4, 5, 4]), sample([6, 2, 2, 2], 3)];
    checkGradient((p, q) => conv(p, q, options), [x, w]);
    const slope = grad((p: Tensor) => conv(p, w, options).pow(2).sum());
    expectClose(compile(slope)(x), slope(x).array(), 1e-12);
  });

  it('is the adjoint of convTranspose', () => {
    for (const options of [
      { stride: 2, padding: 1 },
      { dilation: 2, groups: 3 },
    ]) {
      const w = sample([6, 2, 3, 3], 2);
      const groups = 'groups' in options ? 3 : 1;
      const x = sample([2, 2 * groups, 9, 7]);
      const y = conv(x, w, options);
      const z = sample(y.shape, 5);
      const back = convTranspose(z, w, options);
      const left = y.mul(z).sum().item();
      expect(back.mul(x).sum().item()).toBeCloseTo(left, 9);
    }
  });

  const refused = (
    x: readonly number[],
    w: readonly number[],
    options: object,
    type: new (...args: never[]) => Error,
    text: string,
  ): void => {
    const make = (): unknown => conv(zeros(x), zeros(w), options);
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  };

  it('says which channels do not fit, and what would', () => {
    const text =
      'conv: x has 3 channels, weight expects 4 (x [N, C, …] = [8, 3, 32, 32], weight ' +
      '[O, C / groups, …] = [16, 4, 3, 3], groups 1); pass a weight with 3 in dim 1.';
    refused([8, 3, 32, 32], [16, 4, 3, 3], {}, ShapeError, text);
    refused([8, 4, 32], [16, 2, 3], { groups: 3 }, ArgumentError, 'groups is 3');
    refused([8, 4, 32], [16, 4, 3], { groups: 0 }, ArgumentError, 'groups is 0');
  });

  it('refuses an empty output with the arithmetic', () => {
    refused(
      [1, 1, 4, 3],
      [1, 1, 3, 3],
      { dilation: [1, 2], padding: [0, 0] },
      ShapeError,
      'conv: the window does not fit along spatial axis 1: input 3 + padding 0 + 0 is less than ' +
        '2 · (3 - 1) + 1 = 5; use a smaller window or more padding.',
    );
    refused([1, 1, 4], [1, 1, 0], {}, ShapeError, 'does not fit');
  });

  it('refuses options that are no such numbers', () => {
    refused([1, 1, 4], [1, 1, 2], { stride: 0 }, ArgumentError, 'stride is 0');
    refused([1, 1, 4], [1, 1, 2], { stride: [1, 1] }, ArgumentError, 'stride is [1, 1]');
    refused([1, 1, 4], [1, 1, 2], { dilation: 1.5 }, ArgumentError, 'dilation is 1.5');
    refused([1, 1, 4], [1, 1, 2], { padding: [1, 2] }, ArgumentError, 'padding is [1,2]');
    refused([1, 1, 4], [1, 1, 2, 2], {}, ShapeError, 'spatial');
    refused([4], [4], {}, ShapeError, 'spatial');
    const bytes = zeros([1, 1, 4], { dtype: 'u8' });
    expect(() => conv(bytes, bytes)).toThrow(DTypeError);
    expect(() => conv(zeros([1, 1, 4]), zeros([1, 1, 4], { dtype: 'f64' }))).toThrow(DTypeError);
  });
});

describe('convTranspose', () => {
  it('has the size that its options say', () => {
    const options = { stride: 2, padding: 1, outputPadding: 1 };
    const y = convTranspose(zeros([8, 16, 7, 7]), zeros([16, 3, 3, 3]), options);
    expect(y.shape).toEqual([8, 3, 14, 14]);
  });

  it('refuses what does not fit', () => {
    const [x, w] = [zeros([1, 2, 3]), zeros([2, 1, 3])];
    expect(() => convTranspose(zeros([1, 3, 3]), w)).toThrow('3 channels, weight expects 2');
    expect(() => convTranspose(x, w, { outputPadding: 1 })).toThrow('outputPadding 1');
    expect(() => convTranspose(x, w, { padding: 3 })).toThrow('nothing is left');
    expect(() => convTranspose(x, w, { padding: -1 })).toThrow('padding is -1');
    expect(() => convTranspose(x, w, { groups: 3 })).toThrow('groups is 3');
  });
});
