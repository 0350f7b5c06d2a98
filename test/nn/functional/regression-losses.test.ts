import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  huberLoss,
  l1Loss,
  logCoshLoss,
  mseLoss,
  quantileLoss,
  smoothL1Loss,
} from '../../../src/nn/functional/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { fromData, grad, tensor, zeros } from '../../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from '../../tensor/check.js';

const none = { reduction: 'none' } as const;
type Loss = (x: Tensor, t: Tensor) => Tensor;
const losses: [string, Loss][] = [
  ['huberLoss', (x, t) => huberLoss(x, t, { delta: 0.7, ...none })],
  ['smoothL1Loss', (x, t) => smoothL1Loss(x, t, { beta: 0.7, ...none })],
  ['smoothL1Loss with beta 0', (x, t) => smoothL1Loss(x, t, { beta: 0, ...none })],
  ['logCoshLoss', (x, t) => logCoshLoss(x, t, none)],
  ['quantileLoss', (x, t) => quantileLoss(x, t, { quantile: 0.8, ...none })],
];

describe.each(losses)('%s', (_, loss) => {
  test('has the gradients that differences have, also of the gradient', () => {
    const [x, t] = [sample([3, 4]).mul(2), sample([3, 4], 2)];
    checkGradient(loss, [x, t]);
    checkTwice((v) => loss(v, t), x);
  });
  test('is 0 with gradient 0 at the target, and finite in the tails', () => {
    const x = tensor([0, 1e4, -1e4, 3e38]);
    const error = loss(x, zeros([4]));
    const slope = grad((v: Tensor) => loss(v, zeros([4])).sum())(x);
    expect(Math.abs(values(error)[0]!) + Math.abs(values(slope)[0]!)).toBe(0);
    expect(values(error).every(Number.isFinite)).toBe(true);
    expect(Math.max(...values(slope).map(Math.abs))).toBeLessThanOrEqual(1);
    expect(values(slope)[1]).toBeGreaterThan(0);
    expect(values(slope)[2]).toBeLessThan(0);
  });
  test('of infinity is infinity, of NaN NaN', () => {
    expect(values(loss(tensor([Infinity, -Infinity, NaN]), zeros([3])))).toEqual([
      Infinity,
      Infinity,
      NaN,
    ]);
  });
  test('never has NaN as gradient of an infinite error', () => {
    const slope = grad((v: Tensor) => loss(v, zeros([2])).sum())(tensor([Infinity, -Infinity]));
    expect(values(slope).map(Math.sign)).toEqual([1, -1]);
  });
});

const errors = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
  minLength: 1,
  maxLength: 6,
});

test('huberLoss is δ times smoothL1Loss with β = δ, and half of mseLoss for a large δ', () => {
  fc.assert(
    fc.property(errors, fc.double({ min: 0.01, max: 20, noNaN: true }), (d, delta) => {
      const [x, t] = [f64(d), zeros([d.length], { dtype: 'f64' })];
      const h = huberLoss(x, t, { delta }).item();
      const s = smoothL1Loss(x, t, { beta: delta }).item() * delta;
      expect(Math.abs(h - s)).toBeLessThan(1e-12 * Math.max(1, h));
      expectClose(huberLoss(x, t, { delta: 100 }), mseLoss(x, t).item() / 2, 1e-14);
    }),
    { numRuns: 30 },
  );
});

describe('logCoshLoss', () => {
  test('keeps its digits near 0, where it is half the squared error', () => {
    const x = f64([1e-9, -1e-6, 1e-3]);
    const exact = [5e-19, 4.99999999999916667e-13, 4.99999916666688889e-7];
    values(logCoshLoss(x, zeros([3], { dtype: 'f64' }), none)).forEach((value, i) => {
      expect(Math.abs(value / exact[i]! - 1)).toBeLessThan(1e-14);
    });
  });
  test('has the slope tanh d, and at 0 the curvature 1', () => {
    const x = f64([-2000, -3, -1, -0.2, 0, 0.2, 1, 3, 2000]);
    const slope = grad((v: Tensor) => logCoshLoss(v, zeros([9], { dtype: 'f64' }), none).sum());
    expectClose(slope(x), x.tanh().array(), 1e-15);
    expectClose(
      grad((v: Tensor) => slope(v).sum())(x),
      x.tanh().pow(2).neg().add(1).array(),
      1e-15,
    );
  });
});

describe('quantileLoss', () => {
  test('is least at the quantile of the targets', () => {
    const targets = f64(Array.from({ length: 101 }, (_, i) => i ** 2));
    const at = (x: number, quantile: number): number =>
      quantileLoss(fromData(new Float64Array(101).fill(x), [101]), targets, { quantile }).item();
    for (const quantile of [0.1, 0.5, 0.9]) {
      const best = (100 * quantile) ** 2;
      for (const other of [best - 30, best - 1, best + 1, best + 30]) {
        expect(at(best, quantile)).toBeLessThan(at(other, quantile));
      }
    }
  });
  test('is half of l1Loss for the median, and adds up to it with the opposite quantile', () => {
    const [x, t] = [sample([5]), sample([5], 3)];
    expectClose(quantileLoss(x, t), l1Loss(x, t).item() / 2, 1e-15);
    const both = [0.3, 0.7].map((quantile) => quantileLoss(x, t, { quantile }).item());
    expectClose(l1Loss(x, t), both[0]! + both[1]!, 1e-15);
  });
});

test('the examples of the documentation', () => {
  expect(l1Loss(tensor([1, 2]), tensor([0, 4])).item()).toBe(1.5);
  expectClose(huberLoss(tensor([1, 9]), tensor([0, 4]), none), [0.5, 4.5]);
  expectClose(smoothL1Loss(tensor([1, 9]), tensor([0, 4]), { beta: 2, ...none }), [0.25, 4]);
  expectClose(logCoshLoss(tensor([1, 5000]), tensor([1, 0]), none), [0, 4999.307]);
  const quantile = 0.9;
  expectClose(quantileLoss(tensor([1, 9]), tensor([3, 4]), { quantile, ...none }), [1.8, 0.5]);
});

test.each([
  [
    () => huberLoss(zeros([2]), zeros([2]), { delta: 0 }),
    'huberLoss: delta is 0; use a number above 0.',
  ],
  [() => huberLoss(zeros([2]), zeros([2]), { delta: Infinity }), 'huberLoss: delta is Infinity'],
  [() => huberLoss(zeros([2]), zeros([2]), { delta: NaN }), 'huberLoss: delta is NaN'],
  [
    () => smoothL1Loss(zeros([2]), zeros([2]), { beta: -1 }),
    'smoothL1Loss: beta is -1; use a number of at least 0.',
  ],
  [
    () => quantileLoss(zeros([2]), zeros([2]), { quantile: 1 }),
    'quantileLoss: quantile is 1; use a number between 0 and 1.',
  ],
  [() => quantileLoss(zeros([2]), zeros([2]), { quantile: NaN }), 'quantileLoss: quantile is NaN'],
  [() => logCoshLoss(zeros([2]), zeros([3])), 'logCoshLoss: input is [2] and target [3]'],
  [() => huberLoss(f64([1]), tensor([1])), 'huberLoss: input is f64 and target f32'],
])('%s', (f, message) => {
  expect(f).toThrow(message);
});
