import { sizeOf, stridesOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import { openAxes, places, strideAt } from './places.js';
import { reshapeGroups } from './reshape-groups.js';
import type { BoundContext, BoundRule } from './rule.js';

/**
 * For each open axis of a reshape's result the operand's axis whose elements it counts, which is so
 * only if both are the outermost of the axes that are merged or split. Undefined where it is not.
 */
export function reshapedAxes(c: BoundContext, node: GraphNode): Map<number, number> | undefined {
  const x = node.inputs[0]!;
  const axes = new Map<number, number>();
  if (openAxes(c, node).length + openAxes(c, x).length === 0) return axes;
  if (node.shape.includes(0)) return axes; // there are no elements
  const groups = reshapeGroups(c.shapesOf(x), c.shapesOf(node));
  if (!groups) return undefined;
  for (const { from, to } of groups) {
    const inner = outermostOpen(c, x, from);
    const outer = outermostOpen(c, node, to);
    if (inner === undefined || outer === undefined) return undefined;
    if (inner === null && outer === null) continue;
    if (inner === null || outer === null) return undefined;
    axes.set(outer, inner);
  }
  return axes;
}

/** The one open axis of a group, null if there is none, undefined unless it is the outermost. */
function outermostOpen(
  c: BoundContext,
  node: GraphNode,
  axes: readonly number[],
): number | null | undefined {
  const open = axes.filter((axis) => c.isOpen(node, axis));
  if (open.length === 0) return null;
  if (open.length > 1) return undefined;
  const before = axes.slice(0, axes.indexOf(open[0]!));
  return before.every((axis) => node.shape[axis] === 1) ? open[0] : undefined;
}

/**
 * Where each open size counts the outermost of the axes that are merged or split, elements keep their
 * places; otherwise they are picked by their place at the true sizes.
 */
export const reshape: BoundRule<'reshape'> = {
  build: (c, node, [x]) => {
    if (reshapedAxes(c, node)) return c.b.reshape(x!, node.shape);
    const flat = c.b.reshape(x!, [sizeOf(x!.shape)]);
    const index = c.b.reshape(movedPlaces(c, node), [sizeOf(node.shape)]);
    return c.b.reshape(c.b.gather(flat, index, 0), node.shape);
  },
};

/** For each element of a reshape its place in the operand at the bounds. */
function movedPlaces(c: BoundContext, node: GraphNode): GraphNode {
  const { b } = c;
  const x = node.inputs[0]!;
  const sizes = c.sizesOf(x);
  let rest = places(c, node);
  const parts = stridesOf(x.shape).map((bound, axis) => {
    const stride = b.broadcastTo(strideAt(c, sizes, axis), node.shape);
    const index = b.div(rest, stride);
    rest = b.sub(rest, b.mul(index, stride));
    return b.mul(index, b.like(index, bound));
  });
  return parts.reduce((sum, part) => b.add(sum, part));
}
