import { describe, expect, test } from 'vitest';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { compile, grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from '../../tensor/check.js';

const none = { reduction: 'none' } as const;

describe('of probabilities', () => {
  test('has the gradients that differences have, also of the gradient', () => {
    const [p, t] = [sample([3, 4]).sigmoid(), sample([3, 4], 2).sigmoid()];
    const weight = f64([0.5, 1, 2, 3]);
    checkGradient((x, y) => binaryCrossEntropy(x, y, { weight }), [p, t]);
    checkTwice((x) => binaryCrossEntropy(x, t), p);
  });
  test('is that of the logits', () => {
    const [x, t] = [sample([3, 4]).mul(8), sample([3, 4], 2).sigmoid()];
    expectClose(
      binaryCrossEntropy(x.sigmoid(), t, none),
      binaryCrossEntropyWithLogits(x, t, none).array(),
      1e-12,
    );
  });
  test('at 0 and 1 is at most 100, with a finite gradient as in PyTorch', () => {
    const [x, t] = [tensor([0, 0, 1, 1, 0]), tensor([0, 1, 0, 1, 0.25])];
    expectClose(binaryCrossEntropy(x, t, none), [0, 100, 100, 0, 25]);
    const slope = grad((p: Tensor) => binaryCrossEntropy(p, t, { reduction: 'sum' }))(x);
    expectClose(slope, [0, -1e12, 1e12, 0, -0.25e12], 1e-6);
  });
  test('learns from saturated sigmoids without NaN', () => {
    const x = tensor([1e4, -1e4, 1e4, -1e4]);
    const t = tensor([1, 0, 0, 1]);
    const slope = grad((z: Tensor) => binaryCrossEntropy(z.sigmoid(), t))(x);
    expectClose(slope, [0, 0, 0, 0], 0);
  });
});

describe('of logits', () => {
  test('is exact in the tails, with gradients', () => {
    const [x, t] = [tensor([1e4, -1e4, 1e4, -1e4]), tensor([1, 0, 0, 1])];
    const posWeight = tensor([3]);
    expect(values(binaryCrossEntropyWithLogits(x, t, { posWeight, ...none }))).toEqual([
      0, 0, 1e4, 3e4,
    ]);
    const slope = grad((z: Tensor) =>
      binaryCrossEntropyWithLogits(z, t, { posWeight, reduction: 'sum' }),
    )(x);
    expectClose(slope, [0, 0, 1, -3], 0);
  });
});

describe('what does not fit is told', () => {
  const x = zeros([2, 3]);
  test.each([
    [
      () => binaryCrossEntropy(tensor([1.5]), tensor([1])),
      'binaryCrossEntropy: input has 1.5; use numbers from 0 to 1.',
    ],
    [() => binaryCrossEntropy(tensor([NaN]), tensor([1])), 'binaryCrossEntropy: input has NaN'],
    [
      () => binaryCrossEntropy(tensor([0.5]), tensor([-1])),
      'binaryCrossEntropy: target has -1; use numbers from 0 to 1.',
    ],
    [
      () => binaryCrossEntropyWithLogits(tensor([1]), tensor([2])),
      'binaryCrossEntropyWithLogits: target has 2; use numbers from 0 to 1.',
    ],
    [
      () => binaryCrossEntropyWithLogits(tensor([1]), tensor([NaN])),
      'binaryCrossEntropyWithLogits: target has NaN',
    ],
    [
      () => binaryCrossEntropyWithLogits(x, x, { weight: ones([2]) }),
      'binaryCrossEntropyWithLogits: weight is [2], and input [2, 3]; give what broadcasts to the',
    ],
    [
      () => binaryCrossEntropyWithLogits(x, x, { posWeight: ones([4, 2, 3]) }),
      'binaryCrossEntropyWithLogits: posWeight is [4, 2, 3], and input [2, 3]',
    ],
    [
      () => binaryCrossEntropy(x, x, { weight: f64([1]) }),
      'binaryCrossEntropy: weight is f64, input f32; make them equal.',
    ],
  ])('%s', (f, message) => {
    expect(() => f().item()).toThrow(message);
  });
});

test('the examples of the documentation', () => {
  expectClose(binaryCrossEntropy(tensor([0.5, 0]), tensor([1, 1]), none), [Math.LN2, 100]);
  expectClose(binaryCrossEntropyWithLogits(tensor([0, -1e4]), tensor([1, 0])), Math.LN2 / 2);
});

test('compiled, values and gradients at the ends are the same', () => {
  const step = compile((x: Tensor, t: Tensor) => [
    binaryCrossEntropy(x, t, none),
    grad((p: Tensor) => binaryCrossEntropy(p, t, { reduction: 'sum' }))(x),
  ]);
  const [value, slope] = step(tensor([0, 1, 0.5]), tensor([1, 1, 1]));
  expectClose(value!, [100, 0, Math.LN2]);
  expectClose(slope!, [-1e12, 0, -2], 1e-6);
});
