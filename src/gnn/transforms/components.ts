import { ArgumentError } from '../../engine/core/errors.js';
import type { Graph } from '../graph.js';
import { subgraph } from './subgraph.js';

/**
 * The component of each node, where edges count both ways: 0 for that of node 0, and so on in the order
 * of their first nodes.
 */
export function connectedComponents(graph: Graph): Int32Array {
  const parent = Int32Array.from({ length: graph.numNodes }, (_, v) => v);
  const root = (v: number): number => {
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]!]!;
      v = parent[v]!;
    }
    return v;
  };
  const { sources, targets } = graph.edgeIndex;
  // The smaller root stays, so that a component's root is its first node.
  sources.forEach((from, e) => {
    const [a, b] = [root(from), root(targets[e]!)];
    parent[Math.max(a, b)] = Math.min(a, b);
  });
  const number = new Map<number, number>();
  return parent.map((_, v) => {
    const r = root(v);
    if (!number.has(r)) number.set(r, number.size);
    return number.get(r)!;
  });
}

/**
 * The graph of the largest connected component, or of the `count` largest; of equal ones, that which
 * has the first node. Nodes keep their order.
 *
 * @throws ArgumentError unless `count` is an integer of at least 1.
 * @example
 * largestConnectedComponent(graph).numNodes;
 */
export function largestConnectedComponent(graph: Graph, count = 1): Graph {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(
      `largestConnectedComponent: count is ${count}; use an integer of at least 1.`,
    );
  }
  const of = connectedComponents(graph);
  const sizes: number[] = [];
  for (const c of of) sizes[c] = (sizes[c] ?? 0) + 1;
  const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const kept = new Set(order.slice(0, count));
  return subgraph(
    graph,
    [...of.keys()].filter((v) => kept.has(of[v]!)),
  );
}
