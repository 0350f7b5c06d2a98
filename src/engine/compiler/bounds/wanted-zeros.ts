import type { GraphNode, LeafSource } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { reshapedAxes } from './reshape-rule.js';
import type { BoundContext, Need } from './rule.js';

/**
 * The axes along which each node has to be 0 beyond its true extents, as some user needs it. A value
 * is masked once, where it is made, and all its users see the masked one: masked and not, it would
 * be stored twice. Movements hand the wish on to what they move, so that it reaches the kernel that
 * makes the value, and inputs, which hold zeros already.
 */
export function wantedZeros(
  order: readonly GraphNode[],
  c: BoundContext,
  needs: (node: GraphNode) => readonly Need[],
  isZeroBeyond: (source: LeafSource) => boolean,
): ReadonlyMap<GraphNode, readonly number[]> {
  const wanted = new Map<GraphNode, Set<number>>();
  const want = (node: GraphNode, axes: Iterable<number>): void => {
    const set = wanted.get(node) ?? new Set();
    for (const axis of axes) if (c.isOpen(node, axis)) set.add(axis);
    if (set.size > 0) wanted.set(node, set);
  };
  for (const node of [...order].reverse()) {
    for (const { operand, axes, value } of needs(node)) {
      if (value === 0) want(node.inputs[operand]!, axes);
    }
    const axes = wanted.get(node);
    if (!axes) continue;
    if (isOp(node, 'leaf') && isZeroBeyond(node.attrs.source)) wanted.delete(node);
    const moved = movedAxes(c, node, [...axes]);
    if (!moved) continue;
    wanted.delete(node);
    want(node.inputs[0]!, moved);
  }
  return new Map([...wanted].map(([node, axes]) => [node, [...axes].sort((a, b) => a - b)]));
}

/** The operand's axes that are moved to `axes`, if zeros there become zeros here. */
function movedAxes(
  c: BoundContext,
  node: GraphNode,
  axes: readonly number[],
): readonly number[] | undefined {
  const x = node.inputs[0];
  if (!x) return undefined;
  if (isOp(node, 'permute')) return axes.map((axis) => node.attrs.axes[axis]!);
  if (isOp(node, 'reshape')) {
    const from = reshapedAxes(c, node);
    const moved = axes.flatMap((axis) => from?.get(axis) ?? []);
    return moved.length === axes.length ? moved : undefined;
  }
  if (isOp(node, 'broadcast')) return axes.every((axis) => c.isOpen(x, axis)) ? axes : undefined;
  return isOp(node, 'cast') ? axes : undefined;
}
