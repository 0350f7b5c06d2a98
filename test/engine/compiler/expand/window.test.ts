import { expect, it } from 'vitest';
import { simplify } from '../../../../src/engine/compiler/simplify.js';
import { topological } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';

const x = b.leaf(new InputSource(0), [4, 3, 8, 8], 'f32');
const attrs = { size: [2, 2], stride: [2, 2], dilation: [1, 1], low: [0, 0], high: [0, 0] };

function ops(...roots: Parameters<typeof simplify>[0]): string[] {
  return topological(simplify(roots)).map((n) => n.op);
}

it('makes reductions over a view of windows', () => {
  expect(ops(b.windowMax(x, attrs))).toEqual(['leaf', 'window', 'window', 'reduceMax']);
  expect(ops(b.windowSum(x, attrs))).toEqual(['leaf', 'window', 'window', 'sum']);
  expect(ops(b.argMaxWindow(x, attrs))).toContain('argMax');
});

it('pads where there is padding, once for the maximum and its position', () => {
  const padded = { ...attrs, low: [1, 1] };
  const found = ops(b.windowMax(x, padded), b.argMaxWindow(x, padded));
  expect(found.filter((op) => op === 'pad')).toHaveLength(1);
});

it('gives nothing for no windows', () => {
  expect(ops(b.windowMax(x, { ...attrs, size: [9, 2] }))).toEqual(['constant']);
});
