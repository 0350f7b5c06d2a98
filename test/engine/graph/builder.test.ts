import { expect, test } from 'vitest';
import { ShapeError } from '../../../src/engine/core/errors.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { isOp } from '../../../src/engine/graph/node.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { counting } from '../ops/run.js';

const leaf = (shape: number[]): GraphNode => build.leaf({ kind: 'input' }, shape, 'f32');

function valueOf(node: GraphNode): number {
  if (!isOp(node, 'constant')) throw new Error(node.op);
  return node.attrs.value;
}

test('ids rise from operand to user', () => {
  const x = leaf([2]);
  const y = build.neg(x);
  expect(build.add(x, y).id).toBeGreaterThan(y.id);
  expect(y.id).toBeGreaterThan(x.id);
});

test('a constant holds what its dtype can store', () => {
  expect(valueOf(build.constant(0.1, [], 'f32'))).toBe(Math.fround(0.1));
  expect(valueOf(build.constant(300, [], 'u8'))).toBe(44);
  expect(valueOf(build.constant(NaN, [], 'i32'))).toBe(0);
  expect(valueOf(build.like(build.cast(leaf([2]), 'bool'), 7))).toBe(1);
  const attrs = { low: [1], high: [0], interior: [0], value: 0.1 };
  expect(build.pad(leaf([2]), attrs).attrs).toEqual({ ...attrs, value: Math.fround(0.1) });
});

test('broadcastTo adds leading axes', () => {
  const x = leaf([3, 1]);
  const [y] = interpret([build.broadcastTo(x, [2, 3, 2])], () => counting('f32', [3, 1]));
  expect([...y!.data]).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]);
  expect(build.broadcastTo(x, [3, 1])).toBe(x);
  expect(() => build.broadcastTo(x, [2])).toThrow(ShapeError);
});

test('reduceKeep leaves axes of extent 1', () => {
  expect(build.reduceKeep('sum', leaf([2, 3, 4]), [0, 2]).shape).toEqual([1, 3, 1]);
  const x = leaf([2, 3]);
  expect(build.reduceKeep('sum', x, [])).toBe(x);
});

test('a cast to the same dtype is the operand', () => {
  const x = leaf([2]);
  expect(build.cast(x, 'f32')).toBe(x);
});
