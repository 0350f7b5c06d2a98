import { expect, test } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { build } from '../../../src/engine/ops/index.js';
import { run, values } from './run.js';

function cast(from: DType, to: DType, data: number[]): number[] {
  return [...run('cast', [values(from, data)], {}, { dtype: to }).data];
}

test('where chooses by element, NaN and all', () => {
  const inputs = [values('bool', [1, 0]), values('f64', [NaN, NaN]), values('f64', [2, 3])];
  expect([...run('where', inputs, {}).data]).toEqual([NaN, 3]);
});

test('the branch of where that is not chosen gets 0', () => {
  const cond = build.leaf({ kind: 'input' }, [2], 'bool');
  const [x, y] = [0, 1].map(() => build.leaf({ kind: 'input' }, [2], 'f64'));
  const seed = build.like(x!, 5);
  const [none, ...found] = gradients(build, [build.where(cond, x!, y!)], [seed], [cond, x!, y!]);
  expect(none).toBeNull();
  const bind = () => values('bool', [1, 0]);
  expect(
    interpret(
      found.map((g) => g!),
      bind,
    ).map((g) => [...g.data]),
  ).toEqual([
    [5, 0],
    [0, 5],
  ]);
});

test('casts', () => {
  const floats = [1.9, -1.9, NaN, 1e10, -Infinity, 0.5, 300.7];
  expect(cast('f64', 'i32', floats)).toEqual([1, -1, 0, 2147483647, -2147483648, 0, 300]);
  expect(cast('f64', 'u8', [1.9, -1.9, NaN, 300.7, 256])).toEqual([1, 255, 0, 44, 0]);
  expect(cast('f64', 'bool', [0, -0, 0.1, NaN, -1])).toEqual([0, 0, 1, 1, 1]);
  expect(cast('i32', 'u8', [255, 256, -1, 513])).toEqual([255, 0, 255, 1]);
  expect(cast('i32', 'f32', [16777217, -1])).toEqual([16777216, -1]);
  expect(cast('i32', 'bool', [0, 256])).toEqual([0, 1]);
  expect(cast('bool', 'f64', [0, 1])).toEqual([0, 1]);
  expect(cast('f64', 'f32', [0.1, 1e300])).toEqual([Math.fround(0.1), Infinity]);
});

test('gradients pass through a cast between floats, and no other', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f32');
  const y = build.cast(x, 'f64');
  const [g] = gradients(build, [y], [build.like(y, 1)], [x]);
  expect(g!.dtype).toBe('f32');
  const back = build.cast(build.cast(x, 'i32'), 'f32');
  expect(gradients(build, [back], [build.like(back, 1)], [x])).toEqual([null]);
});

test('operands of where that do not fit', () => {
  const leaf = (shape: number[], dtype: DType) => build.leaf({ kind: 'input' }, shape, dtype);
  const x = leaf([2], 'f32');
  expect(() => build.where(leaf([2], 'i32'), x, x)).toThrow(
    new DTypeError(
      'where: condition of shape [2] is i32, which where does not take; cast to bool.',
    ),
  );
  expect(() => build.where(leaf([2], 'bool'), x, leaf([2], 'i32'))).toThrow(DTypeError);
  expect(() => build.where(leaf([], 'bool'), x, x)).toThrow(ShapeError);
});
