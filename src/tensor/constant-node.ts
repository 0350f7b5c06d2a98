import type { GraphNode } from '../engine/graph/node.js';
import { isOp, topological } from '../engine/graph/node.js';

/** `node`, if its value does not depend on inputs or variables of a program; otherwise undefined. */
export function constantNode(node: GraphNode): GraphNode | undefined {
  const isOpen = (x: GraphNode): boolean => isOp(x, 'leaf') && x.attrs.source.kind !== 'storage';
  return topological([node]).some(isOpen) ? undefined : node;
}
