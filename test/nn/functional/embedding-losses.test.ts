import { describe, expect, test } from 'vitest';
import { cosineEmbeddingLoss, tripletMarginLoss } from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
import {
  checkGradient,
  checkTwice,
  expectClose,
  f64,
  i32,
  sample,
  values,
} from '../../tensor/check.js';

const none = { reduction: 'none' } as const;
const [x, y, z] = [sample([4, 3]), sample([4, 3], 2), sample([4, 3], 3)];

describe('cosineEmbeddingLoss', () => {
  const t = i32([1, -1, 1, -1]);
  test('has the gradients that differences have, also of the gradient', () => {
    checkGradient((v, w) => cosineEmbeddingLoss(v, w, t, { margin: -0.9 }), [x, y]);
    checkTwice((v) => cosineEmbeddingLoss(v, y, t, { margin: -0.9 }), x);
  });
  test('does not depend on lengths', () => {
    const wanted = cosineEmbeddingLoss(x, y, t, none).array();
    expectClose(cosineEmbeddingLoss(x.mul(7), y.mul(0.2), t, none), wanted, 1e-9);
  });
  test('takes a zero vector as orthogonal to all, with a finite gradient', () => {
    const [a, b] = [
      zeros([2, 3]),
      tensor([
        [1, 2, 3],
        [0, 0, 0],
      ]),
    ];
    for (const sign of [1, -1]) {
      const loss = (v: Tensor, w: Tensor): Tensor =>
        cosineEmbeddingLoss(v, w, i32([sign, sign]), { margin: -0.5, reduction: 'sum' });
      expect(loss(a, b).item()).toBe(sign === 1 ? 2 : 1);
      for (const argnum of [0, 1]) {
        expect(values(grad(loss, { argnum })(a, b)).every(Number.isFinite)).toBe(true);
      }
    }
  });
  test('of vectors of any length is right', () => {
    const far = tensor([
      [1e4, 1e4],
      [1e4, -1e4],
    ]);
    expectClose(cosineEmbeddingLoss(far, far, i32([1, -1]), none), [0, 1], 1e-6);
  });
  test('takes one pair, and targets of any dtype', () => {
    const wanted = cosineEmbeddingLoss(x.narrow(0, 0, 1), y.narrow(0, 0, 1), i32([1])).item();
    const [a, b] = [x.narrow(0, 0, 1).squeeze(0), y.narrow(0, 0, 1).squeeze(0)];
    expect(cosineEmbeddingLoss(a, b, f64(1)).item()).toBe(wanted);
  });
});

describe('tripletMarginLoss', () => {
  test.each([{ p: 1 }, { p: 2, swap: true }, { p: 3 }, { p: Infinity }])(
    'has the gradients that differences have: %o',
    (options) => {
      checkGradient((a, b, c) => tripletMarginLoss(a, b, c, { margin: 2, ...options }), [x, y, z]);
      if (options.p < Infinity) checkTwice((a) => tripletMarginLoss(a, y, z, options), x);
    },
  );
  test('of equal samples is the margin, without NaN in the gradient', () => {
    const a = ones([1, 3]);
    for (const p of [1, 2, 3, Infinity]) {
      for (const eps of [0, 1e-6]) {
        const loss = (v: Tensor): Tensor => tripletMarginLoss(v, a, a, { p, eps, swap: true });
        expectClose(loss(a), 1, 1e-6);
        expect(values(grad(loss)(a)).every(Number.isFinite)).toBe(true);
      }
    }
  });
  test('with swap counts the nearer of both distances', () => {
    const [a, p, n] = [f64([[0, 0]]), f64([[3, 0]]), f64([[4, 0]])];
    const options = { margin: 5, eps: 0 };
    expect(tripletMarginLoss(a, p, n, options).item()).toBe(3 - 4 + 5);
    expect(tripletMarginLoss(a, p, n, { swap: true, ...options }).item()).toBe(3 - 1 + 5);
  });
  test('is finite in the tails', () => {
    const [a, p, n] = [tensor([[1e4, 0]]), tensor([[-1e4, 0]]), tensor([[1e4, 1]])];
    const loss = (v: Tensor): Tensor => tripletMarginLoss(v, p, n);
    expectClose(loss(a), 2e4, 1e-6);
    expectClose(grad(loss)(a), [[1, 1]], 1e-5);
  });
  test('of one sample is a scalar', () => {
    const one = tripletMarginLoss(x.narrow(0, 1, 1), y.narrow(0, 1, 1), z.narrow(0, 1, 1), none);
    const [a, p, n] = [x, y, z].map((v) => v.narrow(0, 1, 1).squeeze(0));
    const alone = tripletMarginLoss(a!, p!, n!, none);
    expect(alone.shape).toEqual([]);
    expect(alone.item()).toBe(values(one)[0]);
  });
});

describe('what does not fit is told', () => {
  const [a, t] = [ones([2, 3]), i32([1, -1])];
  test.each([
    [
      () => cosineEmbeddingLoss(a, ones([2, 4]), t),
      'cosineEmbeddingLoss: input is [2, 3] and other [2, 4]; make them equal.',
    ],
    [
      () => cosineEmbeddingLoss(a, a, i32([0, 1])),
      'cosineEmbeddingLoss: target has 0; use 1 and -1.',
    ],
    [
      () => cosineEmbeddingLoss(a, a, i32([[1], [1]])),
      'cosineEmbeddingLoss: input [N, D] = [2, 3] takes a target of shape [2], not [2, 1].',
    ],
    [
      () => cosineEmbeddingLoss(a, a, t, { margin: 1.5 }),
      'cosineEmbeddingLoss: margin is 1.5; use a number from -1 to 1.',
    ],
    [
      () => cosineEmbeddingLoss(ones([1, 2, 3]), ones([1, 2, 3]), t),
      'cosineEmbeddingLoss: input is [1, 2, 3]; give [N, D] or [D].',
    ],
    [
      () => tripletMarginLoss(a, a, ones([3])),
      'tripletMarginLoss: anchor is [2, 3] and negative [3]',
    ],
    [
      () => tripletMarginLoss(a, f64([1]), a),
      'tripletMarginLoss: anchor is [2, 3] and positive [1]',
    ],
    [
      () => tripletMarginLoss(ones([]), ones([]), ones([])),
      'tripletMarginLoss: anchor is []; give',
    ],
    [
      () => tripletMarginLoss(t, t, t),
      'tripletMarginLoss: anchor is i32 and positive i32; use f32',
    ],
    [
      () => tripletMarginLoss(a, a, a, { margin: 0 }),
      'tripletMarginLoss: margin is 0; use a number above 0.',
    ],
    [() => tripletMarginLoss(a, a, a, { p: 0 }), 'tripletMarginLoss: p is 0; use a number above 0'],
    [
      () => tripletMarginLoss(a, a, a, { eps: -1 }),
      'tripletMarginLoss: eps is -1; use a number of',
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
  test('also in a compiled function', () => {
    const step = compile((sign: Tensor) => cosineEmbeddingLoss(a, a, sign));
    expect(() => step(i32([1, 2]))).toThrow('cosineEmbeddingLoss: target has 2; use 1 and -1.');
  });
});

test('the examples of the documentation', () => {
  const [a, b] = [
    tensor([
      [1, 0],
      [0, 2],
    ]),
    tensor([
      [3, 0],
      [1, 1],
    ]),
  ];
  expectClose(cosineEmbeddingLoss(a, b, tensor([1, -1]), none), [0, Math.SQRT1_2]);
  const loss = tripletMarginLoss(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 2]]));
  expectClose(loss, 4, 1e-5);
});
