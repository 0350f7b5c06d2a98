import { RandomStream } from '../../data/random.js';
import { requireShare } from '../checks.js';
import type { Graph } from '../graph.js';
import { withEdges } from './subgraph.js';

/** Options of `dropoutEdge`. */
export interface DropoutEdgeOptions {
  /** The probability of an edge to be left out. Default 0.5. */
  readonly p?: number;
  /** An edge stays or goes together with its reverse. Default false. */
  readonly forceUndirected?: boolean;
  /** Which edges those are. Default 0. */
  readonly seed?: number;
}

/**
 * The graph without some edges drawn at random, each with probability p. Rong and others, 2020,
 * arXiv:1907.10903.
 *
 * @throws ArgumentError unless 0 ≤ p ≤ 1.
 * @example
 * dropoutEdge(graph, { p: 0.2, seed: epoch });
 */
export function dropoutEdge(graph: Graph, options: DropoutEdgeOptions = {}): Graph {
  const { p = 0.5, forceUndirected = false, seed = 0 } = options;
  requireShare('dropoutEdge', 'p', p);
  const random = new RandomStream(seed, 'graph', 1);
  const { sources, targets, numNodes } = graph.edgeIndex;
  const known = new Map<number, boolean>();
  const stays = (e: number): boolean => {
    if (!forceUndirected) return random.uniform() >= p;
    const [v, w] = [sources[e]!, targets[e]!];
    const pair = Math.min(v, w) * numNodes + Math.max(v, w);
    if (!known.has(pair)) known.set(pair, random.uniform() >= p);
    return known.get(pair)!;
  };
  return withEdges(graph, [...sources.keys()].filter(stays));
}
