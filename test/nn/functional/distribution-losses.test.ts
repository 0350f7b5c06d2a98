// covers: src/nn/functional/kl-div-loss.ts, src/nn/functional/poisson-nll-loss.ts
// covers: src/nn/functional/gaussian-nll-loss.ts
import { describe, expect, test } from 'vitest';
import {
  crossEntropy,
  gaussianNllLoss,
  klDivLoss,
  mseLoss,
  poissonNllLoss,
} from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { full, grad, ones, tensor, zeros } from '../../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from '../../tensor/check.js';

const none = { reduction: 'none' } as const;
const sum = { reduction: 'sum' } as const;

describe('klDivLoss', () => {
  const x = sample([3, 4]).mul(3);
  const q = sample([3, 4], 2).softmax();
  test('has the gradients that differences have, also of the gradient', () => {
    checkGradient((v, t) => klDivLoss(v, t), [x, q]);
    checkGradient((v, t) => klDivLoss(v, t, { logTarget: true }), [x, q.log()]);
    checkTwice((v) => klDivLoss(v.logSoftmax(), q), x);
  });
  test('is 0 for equal distributions, above otherwise, and cross-entropy less entropy', () => {
    const batchmean = { reduction: 'batchmean' } as const;
    expectClose(klDivLoss(q.log(), q, batchmean), 0, 1e-15);
    const divergence = klDivLoss(x.logSoftmax(), q, batchmean).item();
    expect(divergence).toBeGreaterThan(0);
    const entropy = q.mul(q.log()).sum().neg().item() / 3;
    expectClose(crossEntropy(x, q), divergence + entropy, 1e-14);
    const logTarget = { logTarget: true, ...batchmean };
    expectClose(klDivLoss(x.logSoftmax(), q.log(), logTarget), divergence, 1e-14);
  });
  test('is 0 with gradients 0 where the target is, even against a probability of 0', () => {
    const [logs, t] = [tensor([-Infinity, -1e4, 0]), tensor([0, 0, 1])];
    for (const [target, logTarget] of [
      [t, false],
      [tensor([-Infinity, -1e4, 0]), true],
    ] as const) {
      const loss = (v: Tensor, u: Tensor): Tensor => klDivLoss(v, u, { logTarget, ...sum });
      expect(loss(logs, target).item()).toBe(0);
      expectClose(grad(loss)(logs, target), [0, 0, -1]);
      expectClose(grad(loss, { argnum: 1 })(logs, target), [0, 0, 1]);
    }
  });
  test('is infinite where the prediction excludes what happens', () => {
    expect(klDivLoss(tensor([-Infinity]), tensor([0.5])).item()).toBe(Infinity);
  });
  test.each([
    [() => klDivLoss(zeros([2]), tensor([-0.5, 1])), 'klDivLoss: target has -0.5; use numbers of'],
    [() => klDivLoss(zeros([2]), tensor([NaN, 1])), 'klDivLoss: target has NaN'],
    [
      () => klDivLoss(zeros([2]), tensor([NaN, 1]), { logTarget: true }),
      'klDivLoss: target has NaN',
    ],
    [
      () => klDivLoss(zeros([]), zeros([]), { reduction: 'batchmean' }),
      "klDivLoss: input is a scalar, and 'batchmean' divides by N; use [N, …], or 'sum'.",
    ],
    [
      () => klDivLoss(zeros([2]), zeros([2]), { reduction: 'batch' as 'mean' }),
      "klDivLoss: reduction is 'batch'; use 'mean', 'batchmean', 'sum' or 'none'.",
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

describe('poissonNllLoss', () => {
  test('has the gradients that differences have, also of the gradient', () => {
    const [x, t] = [sample([3, 4]), sample([3, 4], 2).abs().mul(5)];
    checkGradient((v, u) => poissonNllLoss(v, u, { full: true }), [x, t]);
    checkGradient((v, u) => poissonNllLoss(v, u, { logInput: false }), [x.exp(), t]);
    checkTwice((v) => poissonNllLoss(v, t), x);
  });
  test('is least at λ = t', () => {
    const t = f64([1, 4, 9]);
    expectClose(grad((v: Tensor) => poissonNllLoss(v, t))(t.log()), [0, 0, 0], 1e-15);
    const slope = grad((v: Tensor) => poissonNllLoss(v, t, { logInput: false, eps: 1e-20 }));
    expectClose(slope(t), [0, 0, 0], 1e-15);
  });
  test('has no NaN at λ = 0, t = 0 or in the tails', () => {
    const [x, t] = [tensor([0, 0, 3]), tensor([0, 2, 0])];
    const loss = (v: Tensor, u: Tensor): Tensor =>
      poissonNllLoss(v, u, { logInput: false, full: true, ...sum });
    for (const argnum of [0, 1]) {
      expect(values(grad(loss, { argnum })(x, t)).every(Number.isFinite)).toBe(true);
    }
    expect(values(poissonNllLoss(tensor([-1e4, 1e4]), tensor([0, 2]), none))).toEqual([
      0,
      Infinity,
    ]);
    const slope = grad((v: Tensor) => poissonNllLoss(v, tensor([0, 2]), sum));
    expect(values(slope(tensor([-1e4, 1e4])))).toEqual([0, Infinity]);
  });
  test.each([
    [
      () => poissonNllLoss(zeros([1]), tensor([-1])),
      'poissonNllLoss: target has -1; use numbers of',
    ],
    [() => poissonNllLoss(zeros([1]), tensor([NaN])), 'poissonNllLoss: target has NaN'],
    [
      () => poissonNllLoss(tensor([-0.5]), ones([1]), { logInput: false }),
      'poissonNllLoss: input has -0.5; use numbers of at least 0.',
    ],
    [
      () => poissonNllLoss(ones([1]), ones([1]), { eps: 0 }),
      'poissonNllLoss: eps is 0; use a number',
    ],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

describe('gaussianNllLoss', () => {
  const [x, t] = [sample([3, 4]), sample([3, 4], 2)];
  const v = sample([3, 4], 3).abs().add(0.1);
  test('has the gradients that differences have, also of the gradient', () => {
    checkGradient((a, b, c) => gaussianNllLoss(a, b, c, { full: true }), [x, t, v]);
    checkGradient((a, b, c) => gaussianNllLoss(a, b, c), [x, t, v.narrow(1, 0, 1)]);
    checkTwice((c) => gaussianNllLoss(x, t, c), v);
  });
  test('takes a variance without the last axis, with extents of 1, or as a number', () => {
    const row = f64([1, 2, 3]);
    const wide = row.reshape([3, 1]).mul(ones([3, 4], { dtype: 'f64' }));
    const wanted = gaussianNllLoss(x, t, wide, none).array();
    expectClose(gaussianNllLoss(x, t, row, none), wanted, 0);
    expectClose(gaussianNllLoss(x, t, row.reshape([3, 1]), none), wanted, 0);
    const same = gaussianNllLoss(x, t, full([3, 4], 2.5, { dtype: 'f64' })).item();
    expect(gaussianNllLoss(x, t, 2.5).item()).toBe(same);
  });
  test('with variance 1 is half of mseLoss, and in full the likelihood itself', () => {
    expectClose(gaussianNllLoss(x, t, 1), mseLoss(x, t).item() / 2, 1e-15);
    const density = Math.exp(-((0.5 - 2) ** 2) / (2 * 3)) / Math.sqrt(2 * Math.PI * 3);
    const nll = gaussianNllLoss(f64([0.5]), f64([2]), 3, { full: true });
    expectClose(nll, -Math.log(density), 1e-15);
  });
  test('at variance 0 reckons with ε, and lets it grow', () => {
    const [means, targets] = [tensor([1, 2]), tensor([1, 0])];
    const loss = (variance: Tensor): Tensor => gaussianNllLoss(means, targets, variance, sum);
    expectClose(loss(zeros([2])), Math.log(1e-6) + 2e6, 1e-6);
    expectClose(grad(loss)(zeros([2])), [0.5e6, 0.5e6 - 2e12], 1e-6);
  });
  test.each([
    [
      () => gaussianNllLoss(x, t, f64([1, -2, 3])),
      'gaussianNllLoss: variance has -2; use numbers of at least 0.',
    ],
    [
      () => gaussianNllLoss(x, t, -1),
      'gaussianNllLoss: variance is -1; use a number of at least 0.',
    ],
    [() => gaussianNllLoss(x, t, NaN), 'gaussianNllLoss: variance is NaN'],
    [
      () => gaussianNllLoss(x, t, f64([1, 2, 3, 4])),
      'gaussianNllLoss: variance is [4], and input [3, 4]; give the same shape, with extents of 1',
    ],
    [() => gaussianNllLoss(x, t, tensor([1, 2, 3])), 'gaussianNllLoss: variance is f32, input f64'],
    [
      () => gaussianNllLoss(x, t, 1, { eps: -1 }),
      'gaussianNllLoss: eps is -1; use a number above 0.',
    ],
    [() => gaussianNllLoss(f64([1]), f64([NaN]), 1), 'gaussianNllLoss: target has NaN'],
  ])('%s', (f, message) => {
    expect(f).toThrow(message);
  });
});

test('the examples of the documentation', () => {
  const prediction = tensor([[0.25, 0.75]]).log();
  const divergence = klDivLoss(prediction, tensor([[1, 0]]), { reduction: 'batchmean' });
  expectClose(divergence, 1.3863, 1e-4);
  expectClose(poissonNllLoss(tensor([0, 1]), tensor([2, 3]), none), [1, -0.2817], 1e-4);
  expectClose(gaussianNllLoss(tensor([1, 2]), tensor([0, 4]), 4, none), [0.8181, 1.1931], 1e-4);
});
