import type { Builder } from '../../graph/builder.js';
import type { GraphNode } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import type { Target } from '../ir/ir.js';
import { expandConv } from './conv.js';
import { expandReduction, isLongReduction } from './reduce.js';
import { expandSparse, isSparseOp } from './sparse.js';
import { expandWindow, isWindowOp } from './window.js';

/** What expansions depend on. */
export type ExpansionTarget = Pick<Target, 'writtenOut'>;

/** Rewrites operations that have no kernel of their own, or not a good one, in terms of those that have. */
export function expand(
  b: Builder,
  roots: readonly GraphNode[],
  target: ExpansionTarget,
): readonly GraphNode[] {
  const order = topological(roots);
  if (!order.some(isExpanded)) return roots;
  const rewritten = new Map<GraphNode, GraphNode>();
  for (const node of order) {
    const inputs = node.inputs.map((x) => rewritten.get(x)!);
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const next = same ? node : b.node(node.op, inputs, node.attrs, node);
    rewritten.set(node, expanded(b, next, target));
  }
  return roots.map((root) => rewritten.get(root)!);
}

function isExpanded(node: GraphNode): boolean {
  return node.op === 'conv' || isWindowOp(node) || isSparseOp(node) || isLongReduction(node);
}

function expanded(b: Builder, node: GraphNode, target: ExpansionTarget): GraphNode {
  if (isOp(node, 'conv')) return expandConv(b, node, target);
  if (isSparseOp(node)) return expandSparse(b, node);
  if (isLongReduction(node)) return expandReduction(b, node);
  return isWindowOp(node) ? expandWindow(b, node) : node;
}
