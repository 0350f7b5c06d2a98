import { describe, expect, test } from 'vitest';
import {
  hingeEmbeddingLoss,
  hingeLoss,
  marginRankingLoss,
  multiMarginLoss,
} from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { fromData, grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
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
const signs = f64([
  [1, -1, 1, 1],
  [-1, -1, 1, -1],
  [1, -1, -1, 1],
]);

test('gradients against differences, also of the gradient', () => {
  const [x, y] = [sample([3, 4]).mul(2), sample([3, 4], 2).mul(2)];
  checkGradient((v) => hingeLoss(v, signs), [x]);
  checkTwice((v) => hingeLoss(v, signs, { squared: true }), x);
  checkGradient((v, w) => marginRankingLoss(v, w, signs, { margin: 0.5 }), [x, y]);
  checkGradient((v) => hingeEmbeddingLoss(v, signs), [x]);
  const classes = i32([1, 0, 3]);
  checkGradient((v) => multiMarginLoss(v, classes, { weight: f64([1, 2, 3, 4]) }), [x]);
  checkTwice((v) => multiMarginLoss(v, classes, { p: 2 }), x);
});

describe('hingeLoss', () => {
  test('is 0 with gradient 0 from the margin on, and grows with slope 1 below', () => {
    const [x, t] = [tensor([1, 1e4, -1e4, 0]), ones([4])];
    expect(values(hingeLoss(x, t, none))).toEqual([0, 0, 10001, 1]);
    const slope = grad((v: Tensor) => hingeLoss(v, t, { reduction: 'sum' }))(x);
    expectClose(slope, [0, 0, -1, -1], 0);
    expect(values(hingeLoss(x, t, { squared: true, ...none }))[2]).toBe(Math.fround(10001 ** 2));
  });
});

describe('multiMarginLoss', () => {
  test('takes maps of classes, as each place alone', () => {
    const x = sample([2, 3, 4]);
    const y = i32([
      [0, 1, 2, 0],
      [2, 2, 1, 0],
    ]);
    const rows = x.permute([0, 2, 1]).reshape([8, 3]);
    const wanted = multiMarginLoss(rows, y.reshape([8]), none).reshape([2, 4]);
    expectClose(multiMarginLoss(x, y, none), wanted.array(), 0);
  });
  test('of one class is 0', () => {
    expect(multiMarginLoss(ones([2, 1]), i32([0, 0])).item()).toBe(0);
  });
  test('is finite in the tails', () => {
    const x = tensor([[1e4, -1e4, 0]]);
    const loss = (v: Tensor): Tensor => multiMarginLoss(v, i32([1]), { p: 2 });
    expectClose(loss(x), (20001 ** 2 + 10001 ** 2) / 3, 1e-6);
    expect(values(grad(loss)(x)).every(Number.isFinite)).toBe(true);
  });
});

test('the losses of ranks and distances have the slope 0 at their kinks, as in PyTorch', () => {
  const one = ones([1]);
  const rank = (v: Tensor): Tensor => marginRankingLoss(v, zeros([1]), one, { margin: 1 });
  expectClose(grad(rank)(one), [0], 0);
  expectClose(grad(rank)(tensor([0.9])), [-1], 0);
  const apart = (v: Tensor): Tensor => hingeEmbeddingLoss(v, one.neg());
  expectClose(grad(apart)(one), [0], 0);
  expectClose(grad(apart)(tensor([0.9])), [-1], 0);
});

test('NaN scores give NaN', () => {
  const [x, one] = [tensor([NaN]), ones([1])];
  expect(hingeLoss(x, one).item()).toBeNaN();
  expect(marginRankingLoss(x, one, one).item()).toBeNaN();
  expect(hingeEmbeddingLoss(x, one.neg()).item()).toBeNaN();
  expect(multiMarginLoss(tensor([NaN, 0]), i32(1)).item()).toBeNaN();
});

describe('what does not fit is told', () => {
  const x = fromData(new Float32Array(6), [2, 3]);
  test.each([
    [() => hingeLoss(x, x), 'hingeLoss: target has 0; use 1 and -1.'],
    [() => hingeLoss(tensor([1]), tensor([NaN])), 'hingeLoss: target has NaN; use 1 and -1.'],
    [() => hingeLoss(x, ones([2, 3]), { margin: NaN }), 'hingeLoss: margin is NaN; use a finite'],
    [() => marginRankingLoss(x, zeros([3]), x), 'marginRankingLoss: input is [2, 3] and other [3]'],
    [() => marginRankingLoss(x, x, x), 'marginRankingLoss: target has 0; use 1 and -1.'],
    [() => hingeEmbeddingLoss(x, x), 'hingeEmbeddingLoss: target has 0; use 1 and -1.'],
    [() => multiMarginLoss(x, i32([0, 3])), 'multiMarginLoss: target has class 3'],
    [() => multiMarginLoss(x, i32([0, 0]), { p: 3 as 2 }), 'multiMarginLoss: p is 3; use 1 or 2.'],
    [
      () => multiMarginLoss(x, i32([0, 0]), { margin: -Infinity }),
      'multiMarginLoss: margin is -Infinity; use a finite number.',
    ],
    [
      () => multiMarginLoss(x, i32([0, 0]), { weight: ones([2]) }),
      'multiMarginLoss: weight is [2]',
    ],
  ])('%s', (f, message) => {
    expect(() => f().item()).toThrow(message);
  });
});

test('the examples of the documentation', () => {
  expectClose(hingeLoss(tensor([0.5, 3, -1]), tensor([1, 1, 1]), none), [0.5, 0, 2]);
  expect(multiMarginLoss(tensor([[0.5, 0.25, -1]]), i32([0])).item()).toBe(0.25);
  expect(marginRankingLoss(tensor([3, 1]), tensor([2, 2]), tensor([1, 1])).item()).toBe(0.5);
  expectClose(hingeEmbeddingLoss(tensor([0.5, 0.2]), tensor([1, -1]), none), [0.5, 0.8]);
});
