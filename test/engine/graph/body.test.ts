import { expect, test } from 'vitest';
import { exactJson } from '../../../src/engine/core/exact-json.js';
import { Body, dependents, param, substitute } from '../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { build as b } from '../../../src/engine/ops/index.js';

const type = { shape: [2], dtype: 'f32' } as const;

function body(make: (x: GraphNode, y: GraphNode) => readonly GraphNode[]): Body {
  const params = [param(b, type), param(b, type)];
  return new Body(params, make(params[0]!, params[1]!));
}

test('bodies have one key if they compute the same', () => {
  const key = body((x, y) => [b.add(x, b.neg(y))]).key;
  expect(body((x, y) => [b.add(x, b.neg(y))]).key).toBe(key);
  for (const other of [
    body((x, y) => [b.add(y, b.neg(x))]),
    body((x, y) => [b.add(x, b.neg(y)), x]),
    body((x, y) => [b.sub(x, b.neg(y))]),
    body((x) => [b.add(x, b.neg(x))]),
  ]) {
    expect(other.key).not.toBe(key);
  }
});

test('a key tells bodies within bodies apart', () => {
  const outer = (inner: Body): string => {
    const attrs = { length: 3, carries: 2, xs: 0, reverse: false, save: 'values' } as const;
    return body((x, y) => b.scan([x, y], { body: inner, ...attrs })).key;
  };
  const key = outer(body((x, y) => [y, x]));
  expect(outer(body((x, y) => [y, x]))).toBe(key);
  expect(outer(body((x, y) => [x, y]))).not.toBe(key);
});

test('in attributes a body is its key', () => {
  const one = body((x) => [b.like(x, -0)]);
  expect(exactJson({ one })).toBe(exactJson({ one: one.key }));
  expect(one.key).toContain('#-0');
});

test('substitute rebuilds what depends on a replaced node, and tells of it', () => {
  const [x, y, z] = [param(b, type), param(b, type), param(b, type)];
  const same = b.neg(y);
  const changed = b.add(b.neg(x), same);
  const copies: [string, GraphNode][] = [];
  const [kept, made] = substitute(b, [same, changed], new Map([[x, z]]), (copy, of) => {
    copies.push([copy.op, of]);
  });
  expect(kept).toBe(same);
  expect(made!.inputs[0]!.inputs[0]).toBe(z);
  expect(made!.inputs[1]).toBe(same);
  expect(copies).toEqual([
    ['neg', changed.inputs[0]],
    ['add', changed],
  ]);
});

test('dependents are the nodes above some', () => {
  const [x, y] = [param(b, type), param(b, type)];
  const above = b.neg(x);
  const beside = b.neg(y);
  const both = b.add(above, beside);
  expect([...dependents([both], [x])]).toEqual([x, above, both]);
});
