import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DType, Shape } from '../../src/tensor/index.js';
import { Tensor, compile, grad, ones, tensor, zeros } from '../../src/tensor/index.js';
import { checkTwice, i32, sample, values } from './check.js';

type Numbers = readonly (number | 'NaN' | 'Infinity' | '-Infinity')[];
type Described = readonly [shape: Shape, values: Numbers];
type Op = 'sort' | 'topk' | 'kthvalue' | 'cumsum';

interface Golden extends Partial<Readonly<Record<DType, readonly Described[]>>> {
  readonly op: Op;
  readonly args: readonly (number | object)[];
  readonly x: Described;
  readonly grad?: Numbers;
  readonly second?: Numbers;
}

const goldens = JSON.parse(
  readFileSync(new URL('../goldens/sort.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Golden[] };

type Method = (...args: readonly unknown[]) => Tensor | { values: Tensor; indices: Tensor };

function outcome(x: Tensor, { op, args }: Golden): Tensor[] {
  const result = (x[op] as unknown as Method).apply(x, [...args]);
  return result instanceof Tensor ? [result] : [result.values, result.indices];
}

/** The script's operand in another dtype. */
function operand([shape, given]: Described, dtype: DType): Tensor {
  const scaled = given.map(Number).map((v) => (dtype === 'i32' ? 8 * v : Math.abs(8 * v)));
  const own = dtype === 'f32' || dtype === 'f64' ? given.map(Number) : scaled;
  return tensor(own, { shape, dtype });
}

function weights(shape: Shape, step: number): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const list = Array.from({ length: n }, (_, i) => (((step * i + 3) % 11) - 4.5) / 4);
  return tensor(list, { shape, dtype: 'f64' });
}

for (const golden of goldens.cases) {
  const name = `${golden.op} ${JSON.stringify(golden.args)} of [${golden.x[0].join()}]`;
  for (const dtype of ['f64', 'f32', 'i32', 'u8'] as const) {
    const wanted = golden[dtype];
    if (!wanted) continue;
    test(`${name}, ${dtype}, as PyTorch`, () => {
      const results = outcome(operand(golden.x, dtype), golden);
      expect(results.map((t) => t.shape)).toEqual(wanted.map(([shape]) => shape));
      results.forEach((t, i) => {
        expect(values(t).map((v) => v + 0)).toEqual(wanted[i]![1].map((v) => Number(v) + 0));
      });
    });
  }
  if (!golden.grad) continue;
  test(`${name}: gradients as PyTorch's`, () => {
    const x = operand(golden.x, 'f64');
    const y = (t: Tensor): Tensor => outcome(t, golden)[0]!;
    const w = weights(y(x).shape, 5);
    const first = grad((t: Tensor) => y(t).mul(w).sum())(x);
    expect(values(first)).toEqual(golden.grad);
    const square = grad((t: Tensor) => y(t).mul(y(t)).mul(w).sum());
    const second = grad((t: Tensor) => square(t).mul(weights(t.shape, 7)).sum())(x);
    const want = golden.second!.map(Number);
    values(second).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 10));
  });
}

describe('sorting', () => {
  const x = tensor([
    [3, 1, 2],
    [1, 3, 3],
  ]);
  test('sorts along the last axis, with the positions', () => {
    const { values: sorted, indices } = x.sort();
    expect(sorted.array()).toEqual([
      [1, 2, 3],
      [1, 3, 3],
    ]);
    expect([indices.array(), indices.dtype]).toEqual([
      [
        [1, 2, 0],
        [0, 1, 2],
      ],
      'i32',
    ]);
    expect(x.argsort(0, { descending: true }).array()).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
  });
  test('values are gathered at the positions, and ordered', () => {
    const y = sample([6, 41]);
    for (const axis of [0, 1]) {
      const { values: sorted, indices } = y.sort(axis);
      expect(values(sorted)).toEqual(values(y.gather(axis, indices)));
      expect(values(sorted.sort(axis).values)).toEqual(values(sorted));
      expect(values(indices.argsort(axis))).toEqual(values(y.argsort(axis).argsort(axis)));
    }
  });
  test('topk is the beginning of sort, also inside a compiled function', () => {
    const y = sample([5, 100]);
    const top = y.topk(7);
    const sorted = y.sort(-1, { descending: true });
    expect(values(top.indices)).toEqual(values(sorted.indices.at('...', { stop: 7 })));
    const step = compile((t: Tensor) => t.topk(7, -1).values.sum(1));
    expect(values(step(y))).toEqual(values(top.values.sum(1)));
    expect(y.topk(0).values.shape).toEqual([5, 0]);
    expect(x.topk(1, 0, { largest: false }).values.array()).toEqual([[1, 1, 2]]);
  });
  test('kthvalue', () => {
    expect(x.kthvalue(2).values.array()).toEqual([2, 3]);
    expect(x.kthvalue(2, 0, { keepDim: true }).indices.array()).toEqual([[0, 1, 1]]);
  });
  test('nothing, and one', () => {
    expect(zeros([0]).sort().values.shape).toEqual([0]);
    expect(zeros([3, 0]).argsort(0).shape).toEqual([3, 0]);
    expect(tensor([5]).sort().indices.array()).toEqual([0]);
  });
  test('gradients of the sorted values, to the second order', () => {
    checkTwice((t) => t.sort(0).values, sample([5, 3]));
    checkTwice((t) => t.topk(2, 1).values, sample([3, 4]));
    checkTwice((t) => t.kthvalue(3).values, sample([2, 5]));
  });
  test('what makes no sense is refused', () => {
    expect(() => x.sort(2)).toThrow('sort: axis 2 is out of range');
    expect(() => x.topk(4)).toThrow('topk: k is 4 for axis 1 of shape [2, 3]; use 0…3.');
    expect(() => x.topk(1.5)).toThrow('topk: k is 1.5');
    expect(() => x.kthvalue(0)).toThrow('kthvalue: k is 0 for axis 1 of shape [2, 3]; use 1…3.');
    expect(() => tensor([true]).argsort()).toThrow('argsort: x is bool; cast it to u8 first');
    expect(() => tensor(1).sort()).toThrow('a scalar has no axes');
  });
});

describe('cumsum', () => {
  test('in either direction, with and without the element', () => {
    const x = tensor([1, 2, 3]);
    expect(x.cumsum(0).array()).toEqual([1, 3, 6]);
    expect(x.cumsum(0, { reverse: true }).array()).toEqual([6, 5, 3]);
    expect(x.cumsum(-1, { exclusive: true }).array()).toEqual([0, 1, 3]);
    expect(() => x.cumsum(1)).toThrow('cumsum: axis 1 is out of range');
  });
  test('bool and u8 add up as i32', () => {
    const flags = tensor([true, false, true]);
    expect([flags.cumsum(0).dtype, flags.cumsum(0).array()]).toEqual(['i32', [1, 1, 2]]);
    expect(tensor([200, 100], { dtype: 'u8' }).cumsum(0).array()).toEqual([200, 300]);
    expect(i32([1, -2]).cumsum(0).array()).toEqual([1, -1]);
  });
  test('the last is the sum', () => {
    const x = sample([7, 33]);
    const last = x.cumsum(0).at(-1);
    values(last.sub(x.sum(0))).forEach((d) => expect(Math.abs(d)).toBeLessThan(1e-12));
    expect(ones([2, 0]).cumsum(1).shape).toEqual([2, 0]);
  });
  test('gradients, to the second order', () => {
    checkTwice((t) => t.cumsum(1), sample([3, 5]));
    checkTwice((t) => t.cumsum(0, { reverse: true, exclusive: true }), sample([4, 2]));
  });
});
