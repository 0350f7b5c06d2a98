/** im2col and col2im: PyTorch's unfold and fold (scripts/goldens-im2col.py), and what they are for. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/index.js';
import type { Im2colOptions, Shape, Tensor } from '../../src/tensor/index.js';
import {
  col2im,
  compile,
  conv,
  fromData,
  grad,
  im2col,
  ones,
  zeros,
} from '../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, sample, values } from './check.js';

interface Packed {
  readonly shape: Shape;
  readonly data: readonly number[];
}

interface Case extends Record<'x' | 'columns' | 'seed' | 'image' | 'seedGrad', Packed> {
  readonly options: Im2colOptions;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../goldens/im2col.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

const FLOATS = { f32: Float32Array, f64: Float64Array };

function expectExactly(actual: Tensor, expected: Packed): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(values(actual).map((v) => v + 0)).toEqual(expected.data); // -0 is 0
}

describe.each(['f32', 'f64'] as const)(
  '%s: columns, images and gradients are those of PyTorch',
  (dtype) => {
    test.each(cases.map((c) => [`[${c.x.shape.join()}] ${JSON.stringify(c.options)}`, c] as const))(
      '%s',
      (_, c) => {
        const of = ({ shape, data }: Packed): Tensor => fromData(FLOATS[dtype].from(data), shape);
        const [x, seed] = [of(c.x), of(c.seed)];
        const unfold = (t: Tensor): Tensor => im2col(t, c.options);
        const fold = (t: Tensor): Tensor =>
          col2im(t, { ...c.options, outputSize: c.x.shape.slice(2) });
        expectExactly(unfold(x), c.columns);
        expectExactly(fold(seed), c.image);
        expectExactly(grad((t: Tensor) => unfold(t).mul(seed).sum())(x), c.image);
        expectExactly(grad((t: Tensor) => fold(t).mul(x).sum())(seed), c.seedGrad);
      },
    );
  },
);

/** Extents, windows and padding along an axis, such that a window fits. */
const axis = fc
  .record({
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    padding: fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: -1, max: 2 })),
    extra: fc.integer({ min: 0, max: 3 }),
  })
  .map((a) => {
    const span = a.dilation * (a.size - 1) + 1;
    const cut = Math.min(0, a.padding[0]) + Math.min(0, a.padding[1]);
    return { ...a, extent: span + a.extra - cut };
  });
const configuration = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
  samples: fc.integer({ min: 1, max: 2 }),
  channels: fc.integer({ min: 1, max: 3 }),
});

function optionsOf(axes: readonly (typeof axis extends fc.Arbitrary<infer A> ? A : never)[]) {
  return {
    size: axes.map((a) => a.size),
    stride: axes.map((a) => a.stride),
    dilation: axes.map((a) => a.dilation),
    padding: axes.map((a) => a.padding),
  };
}

it('col2im is the adjoint of im2col in any dimensions, with any options', () => {
  fc.assert(
    fc.property(configuration, ({ axes, samples, channels }) => {
      const options = optionsOf(axes);
      const outputSize = axes.map((a) => a.extent);
      const x = sample([samples, channels, ...outputSize]);
      const columns = im2col(x, options);
      const c = sample(columns.shape, 3);
      const image = col2im(c, { ...options, outputSize });
      expect(image.shape).toEqual(x.shape);
      expect(image.mul(x).sum().item()).toBeCloseTo(columns.mul(c).sum().item(), 9);
    }),
    { numRuns: 60 },
  );
});

it('makes a convolution a product of matrices (3.4)', () => {
  fc.assert(
    fc.property(configuration, ({ axes, samples, channels }) => {
      const options = optionsOf(axes);
      const x = sample([samples, channels, ...axes.map((a) => a.extent)]);
      const w = sample([2, channels, ...options.size], 5);
      const { size: _, ...convOptions } = options;
      const y = conv(x, w, convOptions);
      const product = w.reshape([2, -1]).matmul(im2col(x, options));
      expectClose(product.reshape(y.shape), y.array(), 1e-12);
    }),
    { numRuns: 40 },
  );
});

it('has gradients that agree with differences, to second order, compiled as well', () => {
  const options = { size: [2, 3], stride: [2, 1], padding: 1, dilation: [1, 2] };
  const unfold = (x: Tensor): Tensor => im2col(x, options);
  const fold = (c: Tensor): Tensor => col2im(c, { ...options, outputSize: [3, 4] });
  checkTwice(unfold, sample([1, 2, 3, 4]));
  const columns = sample([1, 12, 4]);
  checkTwice(fold, columns);
  checkGradient((x) => fold(unfold(x).pow(2)), [sample([1, 2, 3, 4])]);
  expectClose(compile(fold)(columns), fold(columns).array(), 1e-12);
});

it('moves integers and truth values, and takes batches and channels of none', () => {
  const x = fromData(Int32Array.of(1, 2, 3), [1, 1, 3]);
  const columns = im2col(x, { size: 2, padding: [[1, 0]] });
  expect(columns.array()).toEqual([
    [
      [0, 1, 2],
      [1, 2, 3],
    ],
  ]);
  expect(col2im(columns, { size: 2, padding: [[1, 0]], outputSize: [3] }).array()).toEqual([
    [[2, 4, 3]],
  ]);
  expect(im2col(x.gt(1), { size: 2 }).array()).toEqual([
    [
      [false, true],
      [true, true],
    ],
  ]);
  expect(im2col(zeros([0, 2, 3]), { size: 2 }).shape).toEqual([0, 4, 2]);
  const none = col2im(zeros([2, 0, 2]), { size: 2, outputSize: [3] });
  expect(none.shape).toEqual([2, 0, 3]);
});

it('counts the windows that see each element', () => {
  const options = { size: 2, outputSize: [3, 3] };
  const seen = col2im(im2col(ones([1, 1, 3, 3]), options), options);
  expect(seen.array()).toEqual([
    [
      [
        [1, 2, 1],
        [2, 4, 2],
        [1, 2, 1],
      ],
    ],
  ]);
});

describe('what does not fit is refused', () => {
  const refused = (
    make: () => unknown,
    type: new (...args: never[]) => Error,
    text: string,
  ): void => {
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  };

  it('by im2col', () => {
    const x = zeros([1, 1, 4]);
    refused(
      () => im2col(x, { size: 3, dilation: 2 }),
      ShapeError,
      'im2col: the window does not fit along spatial axis 0: input 4 + padding 0 + 0 is less than ' +
        '2 · (3 - 1) + 1 = 5; use a smaller window or more padding.',
    );
    refused(() => im2col(zeros([4, 4]), { size: 2 }), ShapeError, 'at least one spatial axis');
    refused(() => im2col(x, { size: 0 }), ArgumentError, 'im2col: size is 0');
    refused(() => im2col(x, { size: [2, 2] }), ArgumentError, 'size is [2, 2]');
    refused(() => im2col(x, { size: 2, stride: 0 }), ArgumentError, 'stride is 0');
    refused(() => im2col(x, { size: 2, dilation: 1.5 }), ArgumentError, 'dilation is 1.5');
  });

  it('by col2im', () => {
    const options = { size: 2, outputSize: [3, 3] };
    refused(
      () => col2im(zeros([1, 4, 5]), options),
      ShapeError,
      'col2im: columns have shape [1, 4, 5]; windows of [2, 2] over an output of [3, 3] take ' +
        '[N, C · 4, 4].',
    );
    refused(() => col2im(zeros([1, 6, 4]), options), ShapeError, '[N, C · 4, 4]');
    refused(() => col2im(zeros([4, 4]), options), ShapeError, '[N, C · 4, 4]');
    const bad = { size: 2, outputSize: [3, 1.5] };
    refused(() => col2im(zeros([1, 4, 4]), bad), ArgumentError, 'outputSize is [3, 1.5]');
    refused(
      () => col2im(zeros([1, 4, 4]), { size: 4, outputSize: [3] }),
      ShapeError,
      'does not fit',
    );
  });
});
