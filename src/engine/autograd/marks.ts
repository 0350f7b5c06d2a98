import type { GraphNode } from '../graph/node.js';

/** What a layer above says about nodes that differentiation has to heed. */
export interface Marks {
  /** Whether nothing flows from the node to its operands. */
  isCut(node: GraphNode): boolean;
  /** Told of nodes that are made anew inside the body of a scan: what holds of one holds of both. */
  copied(copy: GraphNode, of: GraphNode): void;
}

export const NO_MARKS: Marks = { isCut: () => false, copied: () => undefined };
