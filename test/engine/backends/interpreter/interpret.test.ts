import { expect, test } from 'vitest';
import { InternalError } from '../../../../src/engine/core/errors.js';
import { interpret } from '../../../../src/engine/backends/interpreter/interpret.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build } from '../../../../src/engine/ops/index.js';
import { values } from '../../ops/run.js';

test('each result is rounded to its dtype', () => {
  const x = build.leaf({ kind: 'input' }, [1], 'f32');
  const y = build.sub(build.add(x, build.like(x, 1)), x);
  const wide = build.cast(x, 'f64');
  const z = build.sub(build.add(wide, build.like(wide, 1)), wide);
  const [f32, f64] = interpret([y, z], () => values('f32', [16777216]));
  expect([f32!.data[0], f64!.data[0]]).toEqual([0, 1]);
  expect([f32!.dtype, f64!.dtype]).toEqual(['f32', 'f64']);
});

test('a shared node and a leaf are evaluated once, and outputs may repeat', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f64');
  const square = build.mul(x, x);
  const sum = build.add(square, square);
  const seen: GraphNode[] = [];
  let bound = 0;
  const results = interpret(
    [sum, x, square, sum],
    () => {
      bound++;
      return values('f64', [1, 3]);
    },
    { onNode: (node) => seen.push(node) },
  );
  expect(results.map((r) => [...r.data])).toEqual([
    [2, 18],
    [1, 3],
    [1, 9],
    [2, 18],
  ]);
  expect(seen).toEqual([x, square, sum]);
  expect(bound).toBe(1);
});

test('onNode finds the first operation that leaves the finite numbers', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f64');
  const log = build.unary('log', x);
  const y = build.mul(build.unary('exp', log), build.like(x, 0));
  let first: GraphNode | undefined;
  interpret([y], () => values('f64', [1, 0]), {
    onNode: (node, { data }) => {
      if (!data.every(Number.isFinite)) first ??= node;
    },
  });
  expect(first).toBe(log);
});

test('operands are left as they were', () => {
  const x = build.leaf({ kind: 'input' }, [3], 'f32');
  const given = values('f32', [1, 2, 3]);
  interpret([build.reshape(build.neg(x), [3, 1]), build.reshape(x, [1, 3])], () => given);
  expect([...given.data]).toEqual([1, 2, 3]);
});

test('a leaf bound to something else is a bug, and said so', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f32');
  const y = build.neg(x);
  expect(() => interpret([y], () => values('f32', [1]))).toThrow(InternalError);
  expect(() => interpret([y], () => values('f64', [1, 2]))).toThrow(
    'a leaf of f32[2] is bound to a value of f64[2]',
  );
});

test('a chain of 100,000 nodes', () => {
  const x = build.leaf({ kind: 'input' }, [1], 'i32');
  let y: GraphNode = x;
  for (let i = 0; i < 100_000; i++) y = build.add(y, x);
  expect(interpret([y], () => values('i32', [3]))[0]!.data[0]).toBe(300_003);
});
