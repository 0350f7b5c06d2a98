import { expect, test } from 'vitest';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';

const leaf = () => build.leaf({ kind: 'input' }, [2], 'f32');

test('producers come first, each once, in the order in which they are used', () => {
  const [x, y] = [leaf(), leaf()];
  const a = build.add(x, y);
  const c = build.mul(a, a);
  const d = build.sub(y, c);
  expect(topological([d, a, d])).toEqual([y, x, a, c, d]);
  expect(topological([])).toEqual([]);
});

test('a chain of 100,000 nodes', () => {
  let node: GraphNode = leaf();
  for (let i = 0; i < 100_000; i++) node = build.neg(node);
  const order = topological([node]);
  expect(order.length).toBe(100_001);
  expect(order.every((n, i) => i === 0 || n.inputs[0] === order[i - 1])).toBe(true);
});

test('a lattice with 2^1000 paths', () => {
  let [x, y]: GraphNode[] = [leaf(), leaf()];
  for (let i = 0; i < 1000; i++) [x, y] = [build.add(x!, y!), build.mul(x!, y!)];
  expect(topological([x!, y!]).length).toBe(2002);
});

test('isOp narrows', () => {
  const c: GraphNode = build.constant(3, [], 'f32');
  expect(isOp(c, 'constant') && c.attrs.value).toBe(3);
  expect(isOp(c, 'leaf')).toBe(false);
});
