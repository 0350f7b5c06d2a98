import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { concat, fromData } from '../tensor/index.js';
import { EdgeIndex } from './edge-index.js';
import type { GraphParts } from './graph.js';
import { EDGE_TENSORS, Graph, NODE_TENSORS } from './graph.js';

/**
 * Many graphs as one, without edges between them: nodes and edges come one graph after the other, and
 * so do their tensors, and `y`. A network computes of it what it computes of each.
 *
 * @example
 * const pair = new Graph({ edgeIndex: [[0, 1], [1, 0]], x: ones([2, 3]) });
 * const batch = new GraphBatch([pair, pair]);
 * batch.edgeIndex.targets; // [1, 0, 3, 2]
 * globalAddPool(batch.x, batch.ptr); // [2, 3]
 */
export class GraphBatch extends Graph {
  /** B. */
  readonly numGraphs: number;
  /** i32 [B + 1]: graph b has the nodes ptr[b] to ptr[b + 1] - 1. */
  readonly ptr: Tensor;

  /** @throws ArgumentError where some graphs have a tensor that others lack; ShapeError. */
  constructor(graphs: readonly Graph[]) {
    const starts = new Int32Array(graphs.length + 1);
    graphs.forEach((graph, b) => (starts[b + 1] = starts[b]! + graph.numNodes));
    super(joined(graphs, starts));
    this.numGraphs = graphs.length;
    this.ptr = fromData(starts, [starts.length]);
  }

  /** i32 [V]: the graph of each node. */
  get batch(): Tensor {
    const of = new Int32Array(this.numNodes);
    const starts = this.ptr.dataSync();
    for (let b = 0; b < this.numGraphs; b++) of.fill(b, starts[b], starts[b + 1]);
    return fromData(of, [of.length]);
  }
}

function joined(graphs: readonly Graph[], starts: Int32Array): GraphParts {
  const ends = (['sources', 'targets'] as const).map((side) => {
    const all = new Int32Array(graphs.reduce((sum, graph) => sum + graph.numEdges, 0));
    let at = 0;
    graphs.forEach((graph, b) => {
      for (const v of graph.edgeIndex[side]) all[at++] = v + starts[b]!;
    });
    return all;
  });
  const tensors = [...NODE_TENSORS, ...EDGE_TENSORS, 'y' as const].flatMap((name) => {
    const parts = graphs.map((graph) => graph[name]).filter((t) => t !== undefined);
    if (parts.length === 0) return [];
    if (parts.length < graphs.length) {
      const b = graphs.findIndex((graph) => graph[name] === undefined);
      throw new ArgumentError(
        `GraphBatch: graph ${b} has no ${name}, but others have; give it to all or to none.`,
      );
    }
    return [[name, concat(parts, 0)] as const];
  });
  const edgeIndex = new EdgeIndex(ends as [Int32Array, Int32Array], starts.at(-1)!);
  return { edgeIndex, ...Object.fromEntries(tensors) };
}
