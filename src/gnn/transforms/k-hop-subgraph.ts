import { ArgumentError } from '../../engine/core/errors.js';
import type { Graph } from '../graph.js';
import { subgraph } from './subgraph.js';

/** A part of a graph around some nodes. */
export interface KHopSubgraph {
  readonly graph: Graph;
  /** The nodes that are kept, ascending, as they were numbered. */
  readonly nodes: Int32Array;
  /** Where the given nodes are among them. */
  readonly mapping: Int32Array;
}

/**
 * The nodes from which the given ones can be reached along at most k edges, those themselves included,
 * and all edges between them: what k layers of message passing see.
 *
 * @throws ArgumentError unless k is an integer of at least 0; IndexError for a node that is not there.
 * @example
 * const { graph: near, mapping } = kHopSubgraph(graph, [17], 2);
 */
export function kHopSubgraph(graph: Graph, around: readonly number[], k: number): KHopSubgraph {
  if (!Number.isInteger(k) || k < 0) {
    throw new ArgumentError(`kHopSubgraph: k is ${k}; use an integer of at least 0.`);
  }
  const { incoming } = graph.edgeIndex;
  const [ptr, from] = [incoming.ptr.dataSync(), incoming.index.dataSync()];
  const met = new Set(around);
  let border = [...met];
  for (let hop = 0; hop < k; hop++) {
    const next: number[] = [];
    for (const v of border) {
      for (let slot = ptr[v]!; slot < ptr[v + 1]!; slot++) {
        const u = from[slot]!;
        if (met.has(u)) continue;
        met.add(u);
        next.push(u);
      }
    }
    border = next;
  }
  const nodes = Int32Array.from(met).sort();
  return {
    graph: subgraph(
      graph,
      [...met].sort((a, b) => a - b),
    ),
    nodes,
    mapping: Int32Array.from(around, (v) => nodes.indexOf(v)),
  };
}
