import { fromData, segmentSum } from '../../tensor/index.js';
import type { Tensor } from '../../tensor/index.js';
import { EdgeIndex } from '../edge-index.js';
import type { Graph } from '../graph.js';

/**
 * The graph with every edge both ways and each pair of nodes once: sorted by source, then by target.
 * Weights and attributes of edges that become one add up, those of an edge and its reverse included;
 * of types the first stays.
 *
 * @example
 * toUndirected(new Graph({ edgeIndex: [[0, 1], [1, 2]], numNodes: 3 })).numEdges; // 4
 */
export function toUndirected(graph: Graph): Graph {
  const { sources, targets } = graph.edgeIndex;
  const there = [...sources.keys()];
  // A loop is its own reverse.
  const back = there.filter((e) => sources[e] !== targets[e]);
  return merged(
    graph,
    [...there.map((e) => sources[e]!), ...back.map((e) => targets[e]!)],
    [...there.map((e) => targets[e]!), ...back.map((e) => sources[e]!)],
    [...there, ...back],
  );
}

/**
 * The graph with repeated edges made one, sorted by source, then by target. Their weights and
 * attributes add up; of types the first stays.
 *
 * @example
 * coalesce(new Graph({ edgeIndex: [[1, 0, 1], [0, 1, 0]], numNodes: 2 })).numEdges; // 2
 */
export function coalesce(graph: Graph): Graph {
  const { sources, targets } = graph.edgeIndex;
  return merged(graph, [...sources], [...targets], [...sources.keys()]);
}

/** Edges from and to, each with the tensors of an edge of the graph, equal ones made one. */
function merged(graph: Graph, from: number[], to: number[], edge: number[]): Graph {
  const order = [...from.keys()].sort((a, b) => from[a]! - from[b]! || to[a]! - to[b]! || a - b);
  const firsts = order.filter(
    (a, i) => i === 0 || from[a] !== from[order[i - 1]!] || to[a] !== to[order[i - 1]!],
  );
  const starts = new Set(firsts);
  const ptr = [...order.keys()].filter((i) => starts.has(order[i]!)).concat(order.length);
  const rows = indices(order.map((a) => edge[a]!));
  const total = (t: Tensor | undefined): Tensor | undefined =>
    t && segmentSum(t.indexSelect(0, rows), indices(ptr));
  return graph.with({
    edgeIndex: new EdgeIndex(
      [firsts.map((a) => from[a]!), firsts.map((a) => to[a]!)],
      graph.numNodes,
    ),
    edgeWeight: total(graph.edgeWeight),
    edgeAttr: total(graph.edgeAttr),
    edgeType: graph.edgeType?.indexSelect(0, indices(firsts.map((a) => edge[a]!))),
  });
}

function indices(numbers: readonly number[]): Tensor {
  return fromData(Int32Array.from(numbers), [numbers.length]);
}
