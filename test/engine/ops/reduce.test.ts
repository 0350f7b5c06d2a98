import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { ReduceOp } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { counting, element, indicesOf, run, values } from './run.js';

function reduce(op: ReduceOp, dtype: DType, data: number[]): number {
  return run(op, [values(dtype, data)], { axes: [0] }).data[0]!;
}

test.each<[ReduceOp, (list: number[]) => number]>([
  ['sum', (list) => list.reduce((a, x) => a + x, 0)],
  ['prod', (list) => list.reduce((a, x) => a * x, 1)],
  ['reduceMax', (list) => Math.max(...list)],
  ['reduceMin', (list) => Math.min(...list)],
])('%s over any axes is its definition', (op, definition) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase(op, new Rng(seed), { dtype: 'f64' });
      const x = inputs[0]!;
      const kept = x.shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
      const groups = new Map<string, number[]>();
      for (const index of indicesOf(kept.map((axis) => x.shape[axis]!))) {
        groups.set(index.join(), []);
      }
      for (const index of indicesOf(x.shape)) {
        groups.get(kept.map((axis) => index[axis]!).join())!.push(element(x, index));
      }
      expect([...run(op, inputs, attrs).data]).toEqual([...groups.values()].map(definition));
    }),
  );
});

test('NaN wins in reduceMax and reduceMin, wherever it stands', () => {
  for (const op of ['reduceMax', 'reduceMin'] as const) {
    for (const list of [
      [NaN, 1],
      [1, NaN],
      [1, NaN, 2],
    ])
      expect(reduce(op, 'f32', list)).toBeNaN();
  }
});

test('integers wrap', () => {
  expect(reduce('sum', 'i32', [2147483647, 2147483647, 3])).toBe(1);
  expect(reduce('sum', 'u8', [200, 100, 7])).toBe(51);
  expect(reduce('prod', 'i32', [65537, 65537, -3])).toBe(-393219);
  expect(reduce('prod', 'u8', [100, 3])).toBe(44);
});

test('the sum is exact where f32 would not be', () => {
  expect(reduce('sum', 'f32', [16777216, 1, 1, -16777216])).toBe(2);
});

test('nothing sums to 0 and multiplies to 1', () => {
  expect([...run('sum', [counting('f32', [2, 0])], { axes: [1] }).data]).toEqual([0, 0]);
  expect([...run('prod', [counting('f32', [0, 2])], { axes: [0] }).data]).toEqual([1, 1]);
  expect([...run('reduceMax', [counting('f32', [0, 2])], { axes: [1] }).data]).toEqual([]);
});

test('argMax and argMin: the first of equals, and NaN before all', () => {
  const both = (data: number[]): number[] =>
    (['argMax', 'argMin'] as const).map(
      (op) => run(op, [values('f64', data)], { axis: 0 }).data[0]!,
    );
  expect(both([1, 3, 3, 1, 0, 0])).toEqual([1, 4]);
  expect(both([1, NaN, 3, NaN])).toEqual([1, 1]);
  expect(both([NaN, 1])).toEqual([0, 0]);
  expect(both([-Infinity, Infinity])).toEqual([1, 0]);
  const x = values('i32', [1, 5, 2, 7, 0, 7], [2, 3]);
  expect([...run('argMax', [x], { axis: 1 }).data]).toEqual([1, 0]);
  const down = run('argMax', [x], { axis: 0 });
  expect([...down.data]).toEqual([1, 0, 1]);
  expect([down.dtype, down.shape]).toEqual(['i32', [3]]);
});

test('ties share the gradient of a maximum equally', () => {
  const x = build.leaf({ kind: 'input' }, [2, 3], 'f64');
  const y = build.reduce('reduceMax', x, [1]);
  const [g] = gradients(build, [y], [build.like(y, 6)], [x]);
  const bind = () => values('f64', [1, 2, 2, 3, 3, 3], [2, 3]);
  expect([...interpret([g!], bind)[0]!.data]).toEqual([0, 3, 3, 2, 2, 2]);
});

test('the gradient of prod is exact with one zero, with two, and far from 1', () => {
  const slope = (data: number[]): number[] => {
    const x = build.leaf({ kind: 'input' }, [data.length], 'f64');
    const [g] = gradients(
      build,
      [build.reduce('prod', x, [0])],
      [build.constant(1, [], 'f64')],
      [x],
    );
    return [...interpret([g!], () => values('f64', data))[0]!.data];
  };
  expect(slope([2, 0, 5, 7])).toEqual([0, 70, 0, 0]);
  expect(slope([2, 0, 5, 0])).toEqual([0, 0, 0, 0]);
  expect(slope([3])).toEqual([1]);
  expect(slope([])).toEqual([]);
  const list = [2, 3, 5, 7, 11, 13, 17];
  expect(slope(list)).toEqual(list.map((p) => 510510 / p));
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [2, 0], 'f32');
  expect(() => build.reduce('reduceMax', x, [0, 1])).toThrow(
    new ShapeError(
      'reduceMax: axis 1 of shape [2, 0] is empty and there is no reduceMax of nothing; ' +
        'reduce an axis with at least one element.',
    ),
  );
  expect(() => build.arg('argMin', x, 1)).toThrow(ShapeError);
  expect(() => build.sum(x, [2])).toThrow(
    new ShapeError('sum: axis 2 does not exist in shape [2, 0]; use 0…1.'),
  );
  expect(() => build.sum(x, [0, 0])).toThrow('must be distinct and ascending');
  expect(() => build.sum(x, [1, 0])).toThrow('must be distinct and ascending');
  const flags = build.leaf({ kind: 'input' }, [2], 'bool');
  expect(() => build.sum(flags, [0])).toThrow(DTypeError);
  expect(() => build.arg('argMax', flags, 0)).toThrow(DTypeError);
});
