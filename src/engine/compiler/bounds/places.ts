/** Where elements lie in row-major order at the true sizes, which is not where they do at the bounds. */
import type { GraphNode } from '../../graph/node.js';
import type { BoundContext } from './rule.js';
import type { Size } from './size.js';
import { sizeAt } from './size.js';

/** The axes of a node whose extents are open. */
export function openAxes(c: BoundContext, node: GraphNode): number[] {
  return node.shape.flatMap((_, axis) => (c.isOpen(node, axis) ? [axis] : []));
}

/** The stride of an axis in row-major order, as an i32 scalar of the program. */
export function strideAt(c: BoundContext, sizes: readonly Size[], axis: number): GraphNode {
  const inner = sizes.slice(axis + 1);
  return c.scalar('i32', `stride ${JSON.stringify(inner)}`, (call) =>
    inner.reduce((n, size) => n * sizeAt(size, call), 1),
  );
}

/** For each element of a node its place in row-major order. */
export function places(c: BoundContext, node: GraphNode): GraphNode {
  const { b } = c;
  const { shape } = node;
  const parts = shape.map((_, axis) => {
    const stride = b.broadcastTo(strideAt(c, c.sizesOf(node), axis), shape);
    return b.mul(b.iota(shape, axis, 'i32'), stride);
  });
  return parts.reduce((sum, part) => b.add(sum, part));
}
