import { ArgumentError } from '../../engine/core/errors.js';
import { concat, full } from '../../tensor/index.js';
import { EdgeIndex } from '../edge-index.js';
import type { Graph } from '../graph.js';
import { withEdges } from './subgraph.js';

/** Options of `addSelfLoops`. */
export interface SelfLoopOptions {
  /** Weight and attributes of the loops. Default 1. */
  readonly fillValue?: number;
}

/**
 * The graph with one loop more at each node, behind the other edges, whether there is one already or
 * not; weights and attributes of edges get rows for them.
 *
 * @throws ArgumentError for a graph with types of edges, as loops would have none.
 * @example
 * addSelfLoops(new Graph({ edgeIndex: [[0], [1]], numNodes: 2 })).numEdges; // 3
 */
export function addSelfLoops(graph: Graph, { fillValue = 1 }: SelfLoopOptions = {}): Graph {
  if (graph.edgeType) {
    throw new ArgumentError(
      'addSelfLoops: edges have types, and loops would have none; leave edgeType out.',
    );
  }
  const { numNodes, edgeIndex, edgeWeight, edgeAttr } = graph;
  const nodes = Array.from({ length: numNodes }, (_, v) => v);
  const filled = (t: typeof edgeWeight): typeof edgeWeight =>
    t && concat([t, full([numNodes, ...t.shape.slice(1)], fillValue, { dtype: t.dtype })], 0);
  return graph.with({
    edgeIndex: new EdgeIndex(
      [
        [...edgeIndex.sources, ...nodes],
        [...edgeIndex.targets, ...nodes],
      ],
      numNodes,
    ),
    edgeWeight: filled(edgeWeight),
    edgeAttr: filled(edgeAttr),
  });
}

/** The graph without the edges that lead from a node to itself. */
export function removeSelfLoops(graph: Graph): Graph {
  const { sources, targets } = graph.edgeIndex;
  return withEdges(
    graph,
    [...sources.keys()].filter((e) => sources[e] !== targets[e]),
  );
}
