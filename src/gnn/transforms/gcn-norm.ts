import { concat, fromData, full, ones, segmentSum } from '../../tensor/index.js';
import { EdgeIndex } from '../edge-index.js';
import { asGiven, byTarget, fromSources, fromTargets } from '../edge-rows.js';
import type { GcnPropagateOptions } from '../gcn-propagate.js';
import { inverseRoot, requireWeights } from '../gcn-propagate.js';
import type { Graph } from '../graph.js';

/**
 * The graph with the weights ê_ji / √(d̂_j d̂_i) of `gcnPropagate`, for layers that sum with them, as
 * `new GCNConv(…, { normalize: false })`. Loops come last, one at each node: with the weight of the
 * last loop that was there, or else 1, or 2 if `improved`. Attributes and types of edges go, as loops
 * have none.
 *
 * @throws ArgumentError for a negative weight.
 * @example
 * gcnNorm(new Graph({ edgeIndex: [[0, 1], [1, 0]], numNodes: 2 })).edgeWeight; // [½, ½, ½, ½]
 */
export function gcnNorm(
  graph: Graph,
  { addSelfLoops = true, improved = false }: GcnPropagateOptions = {},
): Graph {
  const given = graph.edgeWeight ?? ones([graph.numEdges]);
  requireWeights('gcnNorm', given, graph.edgeIndex);
  let [edges, weight] = [graph.edgeIndex, given];
  if (addSelfLoops) {
    const { numNodes, sources, targets } = edges;
    const loop = new Int32Array(numNodes).fill(graph.numEdges);
    sources.forEach((v, e) => {
      if (v === targets[e]) loop[v] = e;
    });
    const kept = [...sources.keys()].filter((e) => sources[e] !== targets[e]);
    const nodes = [...loop.keys()];
    edges = new EdgeIndex(
      [
        [...kept.map((e) => sources[e]!), ...nodes],
        [...kept.map((e) => targets[e]!), ...nodes],
      ],
      numNodes,
    );
    const picked = Int32Array.from([...kept, ...loop]);
    const fill = full([1], improved ? 2 : 1, { dtype: given.dtype });
    weight = concat([given, fill], 0).indexSelect(0, fromData(picked, [picked.length]));
  }
  const sorted = byTarget(weight, edges);
  const root = inverseRoot(segmentSum(sorted, edges.incoming.ptr));
  const norm = sorted.mul(fromSources(root, edges)).mul(fromTargets(root, edges));
  return graph.with({
    edgeIndex: edges,
    edgeWeight: asGiven(norm, edges),
    edgeAttr: undefined,
    edgeType: undefined,
  });
}
