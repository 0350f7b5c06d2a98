import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import { ones, tensor, zeros } from '../../src/tensor/index.js';
import {
  checkGradient,
  checkTwice,
  expectClose,
  f64,
  i32,
  sample,
  shapes,
  values,
} from './check.js';

const M = f64([
  [1, 5, 3],
  [4, 2, 6],
]);

describe('values', () => {
  test('over one axis, all axes, and keeping them', () => {
    expectClose(M.sum(), 21);
    expectClose(M.sum(0), [5, 7, 9]);
    expectClose(M.sum(-1, { keepDim: true }), [[9], [12]]);
    expectClose(M.sum([0, 1], { keepDim: true }), [[21]]);
    expectClose(M.prod(1), [15, 48]);
    expectClose(M.mean(0), [2.5, 3.5, 4.5]);
    expectClose(M.max(0), [4, 5, 6]);
    expectClose(M.min(1), [1, 2]);
    expectClose(M.amax(), 6);
    expectClose(M.amin([0]), [1, 2, 3]);
  });
  test('argmax and argmin give the first, over all in row-major order', () => {
    expect(M.argmax(1).array()).toEqual([1, 2]);
    expect(M.argmin(1, { keepDim: true }).array()).toEqual([[0], [1]]);
    expect(M.argmax().item()).toBe(5);
    expect(M.argmax(undefined, { keepDim: true }).shape).toEqual([1, 1]);
    expect(i32([3, 3]).argmax().dtype).toBe('i32');
    expect(tensor([false, true]).argmax(0).item()).toBe(1);
  });
  test('variance and std, unbiased by default', () => {
    expectClose(M.variance(1), [4, 4], 1e-12);
    expectClose(M.variance(1, { correction: 0 }), [8 / 3, 8 / 3], 1e-12);
    expectClose(M.std(), Math.sqrt(3.5), 1e-12);
    expectClose(M.std(0, { keepDim: true }).pow(2), [[4.5, 4.5, 4.5]], 1e-12);
    expect(f64([1]).variance().item()).toBeNaN();
  });
  test('norms', () => {
    const v = f64([[3, -4]]);
    expectClose(v.norm(), 5);
    expectClose(v.norm(1, { p: 1 }), [7]);
    expectClose(v.norm(1, { p: Infinity, keepDim: true }), [[4]]);
    expectClose(v.norm(undefined, { p: 3 }), 91 ** (1 / 3), 1e-12);
    expect(() => v.norm(1, { p: 0 })).toThrow('norm: p is 0; use a number above 0');
  });
  test('all and any', () => {
    const t = tensor([
      [true, false],
      [true, true],
    ]);
    expect(t.all(1).array()).toEqual([false, true]);
    expect(t.any(0).array()).toEqual([true, true]);
    expect(zeros([0]).all().array()).toBe(true);
    expect(zeros([0]).any().array()).toBe(false);
    expect(tensor([0.5, NaN]).all().array()).toBe(true);
  });
  test('over nothing', () => {
    expect(zeros([0, 2]).sum(0).array()).toEqual([0, 0]);
    expect(zeros([0]).prod().item()).toBe(1);
    expect(zeros([0]).mean().item()).toBeNaN();
    expect(() => zeros([2, 0]).max(1)).toThrow('is empty');
  });
  test('an axis that does not exist is named', () => {
    expect(() => M.sum(2)).toThrow('sum: axis 2 is out of range for a tensor of rank 2; use -2…1.');
    expect(() => M.mean([0, -2])).toThrow('mean: axis 0 is given twice');
    expect(() => M.argmax(5)).toThrow('argmax: axis 5');
  });
});

describe('exponentials', () => {
  test('softmax and its logarithm', () => {
    const e = [Math.exp(1), Math.exp(5), Math.exp(3)];
    const total = e[0]! + e[1]! + e[2]!;
    expectClose(
      M.softmax(1).at(0),
      e.map((v) => v / total),
      1e-12,
    );
    expectClose(
      M.logSoftmax().at(0),
      e.map((v) => Math.log(v / total)),
      1e-12,
    );
    expectClose(M.logSumExp(1).at(0), Math.log(total), 1e-12);
    expectClose(M.logSumExp([0, 1], { keepDim: true }).exp().log(), [[M.exp().sum().log().item()]]);
  });
  test('neither overflows nor loses digits', () => {
    const x = tensor([1000, 0, -1000]);
    expectClose(x.softmax(0), [1, 0, 0]);
    expectClose(x.logSoftmax(0), [0, -1000, -2000]);
    expectClose(x.logSumExp(), 1000);
  });
  test('-∞ counts as impossible', () => {
    const x = f64([-Infinity, 0, 0]);
    expectClose(x.softmax(), [0, 0.5, 0.5]);
    expectClose(x.logSoftmax(), [-Infinity, -Math.LN2, -Math.LN2]);
    expect(f64([-Infinity, -Infinity]).logSumExp().item()).toBe(-Infinity);
    expect(f64([Infinity, 0]).logSumExp().item()).toBe(Infinity);
    expect(values(f64([-Infinity]).softmax())).toEqual([NaN]);
  });
  test('softmax sums to 1 and does not change when a number is added', () => {
    fc.assert(
      fc.property(shapes(1), fc.double({ min: -50, max: 50, noNaN: true }), (shape, c) => {
        const x = sample(shape).mul(5);
        expectClose(x.softmax().sum(-1), ones(shape.slice(0, -1)).array(), 1e-12);
        expectClose(x.add(c).softmax(), x.softmax().array(), 1e-9);
      }),
    );
  });
});

describe('gradients', () => {
  const x = sample([2, 3]);
  const cases: Record<string, (t: Tensor) => Tensor> = {
    sum: (t) => t.sum(0).mul(t.sum()),
    prod: (t) => t.prod(1),
    mean: (t) => t.mean(1, { keepDim: true }).mul(t),
    variance: (t) => t.variance(1),
    std: (t) => t.std(),
    norm: (t) => t.norm(1),
    'norm 3': (t) => t.norm(0, { p: 3 }),
    logSumExp: (t) => t.logSumExp(1),
    softmax: (t) => t.softmax(1),
    logSoftmax: (t) => t.logSoftmax(0),
  };
  for (const [name, f] of Object.entries(cases)) test(name, () => checkTwice(f, x));
  test('max and min', () => {
    checkGradient((t) => t.max(1).add(t.min()), [x]);
    checkGradient((t) => t.norm(1, { p: Infinity }).add(t.norm(1, { p: 1 })), [x]);
  });
  test('of a norm or deviation that is 0, it is 0', () => {
    for (const f of [
      (t: Tensor) => t.norm(),
      (t: Tensor) => t.std(),
      (t: Tensor) => t.norm(0, { p: 3 }),
    ]) {
      const t = zeros([3], { requiresGrad: true });
      f(t).sum().backward();
      expect(values(t.grad!)).toEqual([0, 0, 0]);
    }
  });
  test('ties share', () => {
    const t = tensor([2, 2, 1], { requiresGrad: true });
    t.max().backward();
    expect(values(t.grad!)).toEqual([0.5, 0.5, 0]);
  });
  test('logSoftmax with -∞ has finite gradients', () => {
    const t = tensor([-Infinity, 1, 2], { requiresGrad: true });
    t.logSoftmax().at(1).backward();
    expectClose(t.grad!, [0, 0.7310586, -0.7310586], 1e-5);
  });
});
