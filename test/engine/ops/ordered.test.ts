/** Orders and cumulative sums: their laws, and what counts as equal or as largest. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import type { DType } from '../../../src/engine/core/dtype.js';
import { build } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { element, indicesOf, run, values, withAxis } from './run.js';

function argsort(data: number[], descending = false, dtype: DType = 'f64'): number[] {
  const attrs = { axis: 0, descending, count: data.length };
  return [...run('argsort', [values(dtype, data)], attrs).data];
}

test('each line of positions is the beginning of an ordered, stable permutation', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('argsort', new Rng(seed), { values: 'special' });
      const { axis, descending, count } = attrs;
      const x = inputs[0]!;
      const n = x.shape[axis]!;
      const result = run('argsort', inputs, attrs);
      for (const start of indicesOf(withAxis(x.shape, axis, 1))) {
        const order = Array.from({ length: count }, (_, k) =>
          element(result, withAxis(start, axis, k)),
        );
        expect(new Set(order).size).toBe(count);
        const value = (i: number): number => element(x, withAxis(start, axis, i));
        const rank = (i: number): number => (Number.isNaN(value(i)) ? Infinity : 0);
        /** Whether i must stand before j. */
        const before = (i: number, j: number): boolean => {
          const [a, b] = descending ? [j, i] : [i, j];
          if (rank(a) !== rank(b)) return rank(a) < rank(b);
          if (rank(a) === 0 && value(a) !== value(b)) return value(a) < value(b);
          return i < j;
        };
        for (let k = 1; k < count; k++) expect(before(order[k - 1]!, order[k]!)).toBe(true);
        const last = order[count - 1];
        if (last === undefined) continue;
        const left = Array.from({ length: n }, (_, i) => i).filter((i) => !order.includes(i));
        expect(left.every((i) => before(last, i))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('argsort of a permutation is its inverse', () => {
  const permutation = new Rng(5).shuffle(Array.from({ length: 97 }, (_, i) => i));
  const inverse = argsort(permutation);
  expect(permutation.map((_, i) => permutation[inverse[i]!])).toEqual([...permutation.keys()]);
  expect(argsort(inverse)).toEqual(permutation);
});

test('NaN is the largest, -0 equals 0, and equal elements keep their order', () => {
  const x = [NaN, 1, -0, Infinity, 0, NaN, -Infinity, -0];
  expect(argsort(x)).toEqual([6, 2, 4, 7, 1, 3, 0, 5]);
  expect(argsort(x, true)).toEqual([0, 5, 3, 1, 2, 4, 7, 6]);
  expect(argsort([2147483647, -2147483648, 0, -1], false, 'i32')).toEqual([1, 3, 2, 0]);
});

test('cumulative sums: the last is the sum, and exclusive plus the element is inclusive', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, reverse) => {
      const { inputs, attrs } = drawCase('cumsum', new Rng(seed), { dtype: 'f64' });
      const x = inputs[0]!;
      const { axis } = attrs;
      const inclusive = run('cumsum', inputs, { axis, reverse, exclusive: false });
      const exclusive = run('cumsum', inputs, { axis, reverse, exclusive: true });
      inclusive.data.forEach((y, i) => expect(exclusive.data[i]! + x.data[i]!).toBe(y));
      const n = x.shape[axis]!;
      if (n === 0 || reverse) return;
      const total = run('sum', inputs, { axes: [axis] });
      indicesOf(withAxis(x.shape, axis, 1)).forEach((at, i) => {
        expect(element(inclusive, withAxis(at, axis, n - 1))).toBe(total.data[i]);
      });
    }),
  );
});

test('cumulative sums by hand', () => {
  const sums = (dtype: DType, data: number[], reverse = false, exclusive = false): number[] => [
    ...run('cumsum', [values(dtype, data)], { axis: 0, reverse, exclusive }).data,
  ];
  expect(sums('f32', [1, 2, 3])).toEqual([1, 3, 6]);
  expect(sums('f32', [1, 2, 3], true)).toEqual([6, 5, 3]);
  expect(sums('f32', [1, 2, 3], false, true)).toEqual([0, 1, 3]);
  expect(sums('f32', [1, 2, 3], true, true)).toEqual([5, 3, 0]);
  expect(sums('i32', [2147483647, 1, 1])).toEqual([2147483647, -2147483648, -2147483647]);
  expect(sums('u8', [200, 100, 7])).toEqual([200, 44, 51]);
  expect(sums('f32', [])).toEqual([]);
});

test('the gradient of a cumulative sum runs the other way', () => {
  const x = build.leaf({ kind: 'input' }, [4], 'f64');
  const y = build.cumsum(x, { axis: 0, reverse: false, exclusive: true });
  const [g] = gradients(build, [y], [build.like(y, 1)], [x]);
  expect([...interpret([g!], () => values('f64', [5, 6, 7, 8]))[0]!.data]).toEqual([3, 2, 1, 0]);
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [4, 3], 'f32');
  const attrs = { axis: 1, descending: false, count: 4 };
  expect(() => build.argsort(x, attrs)).toThrow(
    new ArgumentError('argsort: count is 4 for axis 1 of shape [4, 3]; use 0…3.'),
  );
  expect(() => build.argsort(x, { ...attrs, axis: 2 })).toThrow(ShapeError);
  const flags = build.leaf({ kind: 'input' }, [4], 'bool');
  expect(() => build.argsort(flags, { ...attrs, axis: 0 })).toThrow(DTypeError);
  const sums = { axis: 0, reverse: false, exclusive: false };
  expect(() => build.cumsum(flags, sums)).toThrow(DTypeError);
  expect(() => build.cumsum(x, { ...sums, axis: -1 })).toThrow(ShapeError);
});
