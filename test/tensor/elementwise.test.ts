// covers: src/tensor/coerce.ts, src/tensor/join.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DType, Tensor } from '../../src/tensor/index.js';
import { concat, full, ones, stack, tensor, where, zeros } from '../../src/tensor/index.js';
import {
  broadcastPair,
  checkGradient,
  checkTwice,
  expectClose,
  f64,
  i32,
  sample,
  values,
} from './check.js';

describe('values', () => {
  const x = [-2.5, -1, -0.25, 0.25, 1, 2.5];
  const unary: Record<string, [(t: Tensor) => Tensor, (v: number) => number]> = {
    neg: [(t) => t.neg(), (v) => -v],
    abs: [(t) => t.abs(), Math.abs],
    sign: [(t) => t.sign(), Math.sign],
    exp: [(t) => t.exp(), Math.exp],
    log1p: [(t) => t.abs().log1p(), (v) => Math.log1p(Math.abs(v))],
    expm1: [(t) => t.expm1(), Math.expm1],
    log: [(t) => t.abs().log(), (v) => Math.log(Math.abs(v))],
    sqrt: [(t) => t.abs().sqrt(), (v) => Math.sqrt(Math.abs(v))],
    rsqrt: [(t) => t.abs().rsqrt(), (v) => 1 / Math.sqrt(Math.abs(v))],
    reciprocal: [(t) => t.reciprocal(), (v) => 1 / v],
    sin: [(t) => t.sin(), Math.sin],
    cos: [(t) => t.cos(), Math.cos],
    tanh: [(t) => t.tanh(), Math.tanh],
    sigmoid: [(t) => t.sigmoid(), (v) => 1 / (1 + Math.exp(-v))],
    relu: [(t) => t.relu(), (v) => Math.max(v, 0)],
    floor: [(t) => t.floor(), Math.floor],
    ceil: [(t) => t.ceil(), Math.ceil],
    'pow 2': [(t) => t.pow(2), (v) => v ** 2],
    'pow 3': [(t) => t.pow(3), (v) => v ** 3],
    'pow -1': [(t) => t.pow(-1), (v) => 1 / v],
    'pow 5': [(t) => t.pow(5), (v) => v ** 5],
    'pow 0': [(t) => t.pow(0), () => 1],
    'pow 0.5': [(t) => t.abs().pow(0.5), (v) => Math.sqrt(Math.abs(v))],
    'pow 1.7': [(t) => t.abs().pow(1.7), (v) => Math.abs(v) ** 1.7],
    clamp: [(t) => t.clamp(-1, 0.5), (v) => Math.min(Math.max(v, -1), 0.5)],
    remainder: [(t) => t.remainder(0.75), (v) => v - Math.floor(v / 0.75) * 0.75],
  };
  for (const [name, [f, expected]] of Object.entries(unary)) {
    test(name, () => expectClose(f(f64(x)), x.map(expected), 1e-12));
  }

  test('erf', () => expectClose(f64([0.5]).erf(), [0.5204998778130465], 1e-12));
  test('round goes to the even neighbour', () => {
    expect(values(f64([0.5, 1.5, 2.5, -0.6]).round())).toEqual([0, 2, 2, -1]);
  });
  test('clamp keeps NaN and takes one limit or tensors', () => {
    expect(values(f64([NaN, 3]).clamp(0, 1))).toEqual([NaN, 1]);
    expect(values(f64([-3, 3]).clamp(undefined, 1))).toEqual([-3, 1]);
    expect(values(f64([-3, 3]).clamp(f64([0, 4])))).toEqual([0, 4]);
  });
  test('comparisons and logic', () => {
    const a = tensor([1, 2, NaN]);
    expect(a.lt(2).array()).toEqual([true, false, false]);
    expect(a.ge(tensor(2)).array()).toEqual([false, true, false]);
    expect(a.ne(a).array()).toEqual([false, false, true]);
    expect(a.isNaN().array()).toEqual([false, false, true]);
    expect(tensor([1, Infinity, -Infinity, NaN]).isFinite().array()).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(i32([0, 2]).logicalNot().array()).toEqual([true, false]);
    expect(
      i32([0, 2])
        .logicalAnd(tensor([1, 1]))
        .array(),
    ).toEqual([false, true]);
    expect(i32([0, 2]).logicalOr(tensor([[true], [false]])).shape).toEqual([2, 2]);
    expect(
      tensor([true, false])
        .logicalXor(tensor([true, true]))
        .array(),
    ).toEqual([false, true]);
  });
  test('where, as method and as function', () => {
    const x = tensor([1, -2, 3]);
    expectClose(where(x.gt(0), x, 0), [1, 0, 3]);
    expectClose(where(x.gt(0), 0, x), [0, -2, 0]);
    expectClose(where(x.gt(0), 1, -1), [1, -1, 1]);
    expectClose(x.where(tensor([[true], [false]]), 9), [
      [1, -2, 3],
      [9, 9, 9],
    ]);
  });
  test('concat and stack', () => {
    const a = ones([2, 1]);
    expectClose(concat([a, zeros([2, 2])], -1), [
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(concat([a, i32([[1]])]).dtype).toBe('f32');
    expect(stack([a, a], -1).shape).toEqual([2, 1, 2]);
    expect(() => stack([a, zeros([2])])).toThrow('stack: shapes [2, 1] and [2] differ');
    expect(() => concat([])).toThrow('give at least one');
  });
});

describe('dtypes', () => {
  const cases: readonly [string, (t: Tensor) => Tensor, Record<DType, DType>][] = [
    ['add 1', (t) => t.add(1), { bool: 'i32', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['add 0.5', (t) => t.add(0.5), { bool: 'f32', u8: 'f32', i32: 'f32', f32: 'f32', f64: 'f64' }],
    ['div 2', (t) => t.div(2), { bool: 'f32', u8: 'f32', i32: 'f32', f32: 'f32', f64: 'f64' }],
    ['exp', (t) => t.exp(), { bool: 'f32', u8: 'f32', i32: 'f32', f32: 'f32', f64: 'f64' }],
    ['pow 2', (t) => t.pow(2), { bool: 'i32', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['neg', (t) => t.neg(), { bool: 'i32', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['sum', (t) => t.sum(), { bool: 'i32', u8: 'i32', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['mean', (t) => t.mean(), { bool: 'f32', u8: 'f32', i32: 'f32', f32: 'f32', f64: 'f64' }],
    ['max', (t) => t.max(), { bool: 'bool', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['eq', (t) => t.eq(1), { bool: 'bool', u8: 'bool', i32: 'bool', f32: 'bool', f64: 'bool' }],
    ['relu', (t) => t.relu(), { bool: 'i32', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
    ['floor', (t) => t.floor(), { bool: 'i32', u8: 'u8', i32: 'i32', f32: 'f32', f64: 'f64' }],
  ];
  for (const [name, f, wanted] of cases) {
    test(name, () => {
      for (const [dtype, result] of Object.entries(wanted)) {
        const t = f(ones([2], { dtype: dtype as DType }));
        expect(t.dtype).toBe(result);
        expect(values(t).length).toBe(t.size);
      }
    });
  }
  test('tensors promote to the dtype that holds both', () => {
    expect(i32([1]).add(ones([1])).dtype).toBe('f32');
    expect(f64([1]).mul(ones([1])).dtype).toBe('f64');
    expect(
      i32([7])
        .div(i32([2]))
        .item(),
    ).toBe(3.5);
    expect(
      tensor([true])
        .lt(tensor([2]))
        .item(),
    ).toBe(1);
  });
  test('numbers beyond u8 and i32 do not wrap', () => {
    const bytes = tensor([1, 255], { dtype: 'u8' });
    expect(bytes.gt(-1).array()).toEqual([true, true]);
    expect(bytes.lt(300).array()).toEqual([true, true]);
    expect(values(i32([1]).mul(2 ** 40))).toEqual([2 ** 40]);
  });
  test('casts', () => {
    expect(values(tensor([2.7, -2.7, NaN]).int())).toEqual([2, -2, 0]);
    expect(tensor([2.7, 0]).bool().array()).toEqual([true, false]);
    expect(i32([1]).float().dtype).toBe('f32');
    expect(i32([1]).double().dtype).toBe('f64');
  });
});

describe('broadcasting', () => {
  test('agrees with explicit repetition, for all shapes that fit', () => {
    fc.assert(
      fc.property(broadcastPair, ({ x, y }) => {
        const [a, b] = [sample(x, 1), sample(y, 2)];
        const sum = a.sub(b);
        const repeated = a.broadcastTo(sum.shape).sub(b.broadcastTo(sum.shape));
        expect(values(sum)).toEqual(values(repeated));
        expect(values(b.sub(a).neg())).toEqual(values(sum));
      }),
    );
  });
  test('the gradient sums over what was repeated', () => {
    fc.assert(
      fc.property(broadcastPair, ({ x, y }) => {
        checkGradient((a, b) => a.mul(b).add(a), [sample(x, 1), sample(y, 2)]);
      }),
      { numRuns: 25 },
    );
  });
  test('shapes that do not fit are named', () => {
    expect(() => ones([2, 3]).add(ones([2]))).toThrow(
      'add: shapes [2, 3] and [2] do not broadcast (dim -1 is 3 and 2)',
    );
    expect(() => ones([2, 3]).maximum(ones([4, 3]))).toThrow('maximum: shapes [2, 3] and [4, 3]');
  });
});

describe('gradients', () => {
  const x = sample([2, 3]);
  test('smooth functions, to second order', () => {
    for (const f of [
      (t: Tensor) => t.exp(),
      (t: Tensor) => t.tanh(),
      (t: Tensor) => t.sigmoid(),
      (t: Tensor) => t.mul(t).add(1).log(),
      (t: Tensor) => t.mul(t).add(1).rsqrt(),
      (t: Tensor) => t.pow(2).add(t.pow(3)),
      (t: Tensor) => t.sin().mul(t.cos()),
      (t: Tensor) => t.erf(),
    ]) {
      checkTwice(f, x);
    }
  });
  test('piecewise functions', () => {
    checkGradient((t) => t.abs().add(t.relu()), [x]);
    checkGradient((t) => t.clamp(-0.5, 0.5), [x]);
    checkGradient((a, b) => a.maximum(b).sub(a.minimum(b)), [x, sample([2, 3], 3)]);
    checkGradient((a, b) => where(a.gt(0), a, b), [x, sample([3], 3)]);
    checkGradient((a, b) => a.div(b).add(b.abs().pow(a)), [x, sample([2, 3], 3)]);
  });
  test('at the limits of clamp the gradient is 1, and steps have gradient 0', () => {
    const t = tensor([0, 1, 2], { requiresGrad: true });
    t.clamp(0, 1).sum().backward();
    expect(values(t.grad!)).toEqual([1, 1, 0]);
    t.grad = null;
    t.floor().add(t.sign()).sum().backward();
    expect(values(t.grad!)).toEqual([0, 0, 0]);
  });
  test('concat and stack', () => {
    checkGradient((a, b) => concat([a, b.mul(a), a], 1), [x, sample([2, 3], 2)]);
    checkGradient((a, b) => stack([a, b], 1), [x, sample([2, 3], 2)]);
  });
  test('casts to f64 and back pass gradients', () => {
    const t = full([2], 3, { requiresGrad: true });
    t.double().mul(2).float().sum().backward();
    expect(t.grad!.dtype).toBe('f32');
    expect(values(t.grad!)).toEqual([2, 2]);
  });
});
