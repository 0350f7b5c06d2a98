import { describe, expect, test } from 'vitest';
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  focalLoss,
  sigmoidFocalLoss,
} from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
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
const sum = { reduction: 'sum' } as const;
const GAMMAS = [0, 0.5, 1, 2];

describe('focalLoss', () => {
  const x = sample([4, 3]).mul(3);
  const y = i32([0, 2, 1, 2]);
  const weight = f64([0.5, 2, 1]);
  test.each(GAMMAS)('has the gradients that differences have, for γ %d', (gamma) => {
    checkGradient((v) => focalLoss(v, y, { gamma, weight, ignoreIndex: 1 }), [x]);
    checkTwice((v) => focalLoss(v, y, { gamma }), x);
  });
  test('with γ = 0 is crossEntropy, whatever the options', () => {
    for (const options of [{}, { weight }, { ignoreIndex: 2, weight }, sum, none]) {
      const wanted = crossEntropy(x, y, options).array();
      expectClose(focalLoss(x, y, { gamma: 0, ...options }), wanted, 1e-15);
    }
  });
  test.each(GAMMAS)('is finite in the tails, as is its gradient, for γ %d', (gamma) => {
    const logits = tensor([
      [1e4, -1e4, 0],
      [1e4, -1e4, 0],
      [0, 0, 0],
    ]);
    const target = i32([0, 1, 2]);
    const loss = values(focalLoss(logits, target, { gamma, ...none }));
    expect(loss.slice(0, 2)).toEqual([0, 2e4]);
    expect(loss[2]).toBeCloseTo((2 / 3) ** gamma * Math.log(3), 5);
    const slope = grad((v: Tensor) => focalLoss(v, target, { gamma, ...sum }))(logits);
    expectClose(
      slope.narrow(0, 0, 2),
      [
        [0, 0, 0],
        [1, -1, 0],
      ],
      1e-6,
    );
  });
  test('of a class that all others leave to itself is 0 without NaN', () => {
    const logits = tensor([[0, -Infinity, -Infinity]]);
    for (const gamma of GAMMAS) {
      const loss = (v: Tensor): Tensor => focalLoss(v, i32([0]), { gamma });
      expect(loss(logits).item()).toBe(0);
      expect(values(grad(loss)(logits)).some(Number.isNaN)).toBe(false);
    }
    expect(focalLoss(ones([2, 1]), i32([0, 0])).item()).toBe(0);
  });
  test('keeps its digits where p is nearly 1', () => {
    const loss = focalLoss(f64([[0, 10]]), i32([1]), { gamma: 0.5 }).item();
    const miss = Math.exp(-10) / (1 + Math.exp(-10));
    expect(loss / (Math.sqrt(miss) * Math.log1p(Math.exp(-10)))).toBeCloseTo(1, 10);
  });
});

describe('sigmoidFocalLoss', () => {
  const [x, t] = [sample([3, 4]).mul(3), sample([3, 4], 2).sigmoid()];
  test.each(GAMMAS)('has the gradients that differences have, for γ %d', (gamma) => {
    checkGradient((v, u) => sigmoidFocalLoss(v, u, { gamma }), [x, t]);
    checkTwice((v) => sigmoidFocalLoss(v, t, { gamma, alpha: null }), x);
  });
  test('with γ = 0 and no α is the binary cross-entropy', () => {
    const loss = sigmoidFocalLoss(x, t, { gamma: 0, alpha: null, ...none });
    expectClose(loss, binaryCrossEntropyWithLogits(x, t, none).array(), 1e-15);
  });
  test.each(GAMMAS)('is finite in the tails, as is its gradient, for γ %d', (gamma) => {
    const [logits, target] = [tensor([1e4, -1e4, 1e4, -1e4]), tensor([1, 1, 0, 0])];
    const loss = (v: Tensor): Tensor => sigmoidFocalLoss(v, target, { gamma, ...sum });
    expect(loss(logits).item()).toBe(0.25 * 1e4 + 0.75 * 1e4);
    expectClose(grad(loss)(logits), [0, -0.25, 0.75, 0], 1e-6);
  });
});

describe('what does not fit is told', () => {
  const [x, y] = [zeros([2, 3]), i32([0, 1])];
  test.each([
    [
      () => focalLoss(x, y, { gamma: -1 }),
      'focalLoss: gamma is -1; use a finite number of at least',
    ],
    [() => focalLoss(x, y, { gamma: Infinity }), 'focalLoss: gamma is Infinity'],
    [() => focalLoss(x, i32([0, 3])), 'focalLoss: target has class 3'],
    [() => focalLoss(x, y, { weight: ones([2]) }), 'focalLoss: weight is [2]'],
    [() => focalLoss(x, i32([1, 1]), { ignoreIndex: 1 }), 'focalLoss: target is the ignoreIndex 1'],
    [() => sigmoidFocalLoss(x, x, { gamma: NaN }), 'sigmoidFocalLoss: gamma is NaN'],
    [
      () => sigmoidFocalLoss(x, x, { alpha: 2 }),
      'sigmoidFocalLoss: alpha is 2; use a number from 0 to 1, or null.',
    ],
    [
      () => sigmoidFocalLoss(zeros([1]), tensor([2])),
      'sigmoidFocalLoss: target has 2; use numbers from 0 to 1.',
    ],
    [
      () => focalLoss(x, y, { reduction: 'avg' as 'mean' }),
      "focalLoss: reduction is 'avg'; use 'mean', 'sum' or 'none'.",
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

test('the examples of the documentation', () => {
  expectClose(focalLoss(tensor([[2, 0, 1]]), i32([0])), 0.0456, 1e-4);
  const loss = sigmoidFocalLoss(tensor([0, 3]), tensor([1, 1]), none);
  expectClose(loss, [0.0433, 0.0000273], 5e-5);
});
