import { isFloat } from '../core/dtype.js';
import type { GraphNode } from '../graph/node.js';
import { OPS } from '../ops/table.js';

/** The float nodes that a change of `wrt` reaches through operations that have a gradient. */
export function influencedBy(
  order: readonly GraphNode[],
  wrt: readonly GraphNode[],
  isCut: (node: GraphNode) => boolean,
): Set<GraphNode> {
  const sources = new Set(wrt);
  const active = new Set<GraphNode>();
  for (const node of order) {
    if (!isFloat(node.dtype)) continue;
    const passes = !('none' in OPS[node.op].gradient) && !isCut(node);
    if (sources.has(node) || (passes && node.inputs.some((x) => active.has(x)))) active.add(node);
  }
  return active;
}
