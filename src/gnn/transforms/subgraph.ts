import { ArgumentError, IndexError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { fromData } from '../../tensor/index.js';
import { EdgeIndex } from '../edge-index.js';
import type { Graph, GraphParts } from '../graph.js';
import { EDGE_TENSORS, NODE_TENSORS } from '../graph.js';

/**
 * The graph of some nodes and the edges between them, nodes numbered in the order given, edges in the
 * order they had. Tensors of nodes and edges, labels of nodes and ids go with them; a mask without a
 * node left goes.
 *
 * @throws IndexError for a node that is not in the graph; ArgumentError for one that is given twice.
 * @example
 * subgraph(graph, [4, 7, 9]).numNodes; // 3
 */
export function subgraph(graph: Graph, nodes: ArrayLike<number>): Graph {
  const place = new Int32Array(graph.numNodes).fill(-1);
  for (let i = 0; i < nodes.length; i++) {
    const v = nodes[i]!;
    if (!Number.isInteger(v) || v < 0 || v >= graph.numNodes) {
      throw new IndexError(
        `subgraph: ${v} is no node of a graph of ${graph.numNodes} nodes; use ` +
          `0…${graph.numNodes - 1}.`,
      );
    }
    if (place[v]! >= 0) {
      throw new ArgumentError(`subgraph: node ${v} is given twice; give each node once.`);
    }
    place[v] = i;
  }
  const { sources, targets } = graph.edgeIndex;
  const edges = [...sources.keys()].filter(
    (e) => place[sources[e]!]! >= 0 && place[targets[e]!]! >= 0,
  );
  return withNodes(graph, Int32Array.from(nodes), {
    edges,
    ends: [edges.map((e) => place[sources[e]!]!), edges.map((e) => place[targets[e]!]!)],
  });
}

/** The graph with some of its edges, in the order given. */
export function withEdges(graph: Graph, edges: readonly number[]): Graph {
  const { sources, targets } = graph.edgeIndex;
  const ends = [edges.map((e) => sources[e]!), edges.map((e) => targets[e]!)] as const;
  return graph.with({
    edgeIndex: new EdgeIndex(ends, graph.numNodes),
    ...edgeRows(graph, edges),
  });
}

/** The tensors of edges with the rows of some. */
function edgeRows(graph: Graph, edges: readonly number[]): Partial<GraphParts> {
  const index = fromData(Int32Array.from(edges), [edges.length]);
  return Object.fromEntries(
    EDGE_TENSORS.flatMap((name) => {
      const t = graph[name];
      return t ? [[name, t.indexSelect(0, index)]] : [];
    }),
  );
}

function withNodes(
  graph: Graph,
  nodes: Int32Array,
  { edges, ends }: { readonly edges: number[]; readonly ends: readonly [number[], number[]] },
): Graph {
  const index = fromData(nodes, [nodes.length]);
  const rows = NODE_TENSORS.map((name): [string, Tensor | undefined] => {
    const picked = graph[name]?.indexSelect(0, index);
    const isEmpty = picked?.dtype === 'bool' && !picked.dataSync().includes(1);
    return [name, isEmpty ? undefined : picked];
  });
  const ofNodes = graph.y?.shape[0] === graph.numNodes;
  return graph.with({
    edgeIndex: new EdgeIndex(ends, nodes.length),
    ...Object.fromEntries(rows),
    ...edgeRows(graph, edges),
    y: ofNodes ? graph.y!.indexSelect(0, index) : graph.y,
    ids: graph.ids && [...nodes].map((v) => graph.ids![v]!),
  });
}
