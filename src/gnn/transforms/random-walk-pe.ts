import { concat, eye } from '../../tensor/index.js';
import { spmm } from '../../sparse/index.js';
import { requirePositive } from '../checks.js';
import type { Graph } from '../graph.js';
import { fromData } from '../../tensor/index.js';

/**
 * The graph with features [V, walkLength] more, behind those of x: the probability that a walk of 1, 2,
 * … steps from a node ends where it began, where each step takes one of the edges that leave the node,
 * in proportion to their weights. Dwivedi and others, 2022, arXiv:2110.07875. Takes V² numbers of
 * memory.
 *
 * @throws ArgumentError unless walkLength is an integer of at least 1.
 * @example
 * addRandomWalkPE(graph, 16).x; // [V, F + 16]
 */
export function addRandomWalkPE(graph: Graph, walkLength: number): Graph {
  requirePositive('addRandomWalkPE', 'walkLength', walkLength);
  const { numNodes: n, edgeIndex } = graph;
  const leaving = new Float64Array(n);
  const given = graph.edgeWeight?.dataSync();
  edgeIndex.sources.forEach((v, e) => (leaving[v]! += given ? given[e]! : 1));
  const order = edgeIndex.incoming.order.dataSync();
  const share = Float64Array.from(
    order,
    (e) => (given ? given[e]! : 1) / leaving[edgeIndex.sources[e]!]!,
  );
  const values = fromData(share, [share.length]);
  // Column v of the power is where walks from v are.
  let walks = eye(n).to('f64');
  const encoded = Float64Array.from({ length: n * walkLength });
  for (let k = 0; k < walkLength; k++) {
    walks = fromData(Float64Array.from(spmm(edgeIndex.incoming, walks, values).dataSync()), [n, n]);
    const data = walks.dataSync();
    for (let v = 0; v < n; v++) encoded[v * walkLength + k] = data[v * n + v]!;
  }
  const dtype = graph.x?.dtype ?? 'f32';
  const features = fromData(encoded, [n, walkLength]).to(dtype);
  return graph.with({ x: graph.x ? concat([graph.x, features], 1) : features });
}
