import { permutation, RandomStream } from '../../data/random.js';
import { ArgumentError } from '../../engine/core/errors.js';
import { EdgeIndex } from '../edge-index.js';
import type { Graph } from '../graph.js';
import { withEdges } from './subgraph.js';

/** Options of `randomLinkSplit`. */
export interface RandomLinkSplitOptions {
  /** Links to validate on: a share of all where below 1, else their number. Default 0.1. */
  readonly numVal?: number;
  /** Links to test on, likewise. Default 0.2. */
  readonly numTest?: number;
  /** Pairs without a link for each that has one. Default 1. */
  readonly negSamplingRatio?: number;
  /** Which links those are. Default 0. */
  readonly seed?: number;
}

/** A graph to send messages on, and pairs of nodes to tell links from. */
export interface LinkSplit {
  readonly graph: Graph;
  /** The pairs: links first, then pairs without one. */
  readonly pairs: EdgeIndex;
  /** 1 for each link, 0 for each pair without one. */
  readonly labels: Float32Array;
}

/**
 * Divides the links of a graph at random, to train, validate and test on. Messages of the first two go
 * along the links to train on, those of the last along these and the ones to validate on, so that no
 * link is seen before it is asked for. Of an undirected graph both directions stay together, and a pair
 * is asked for once. Pairs without a link are drawn from all that have none, in no two parts the same.
 *
 * @throws ArgumentError where a part would be empty, or the graph has not as many pairs without a link.
 * @example
 * const { train, val, test } = randomLinkSplit(graph, { numVal: 0.05, numTest: 0.1, seed: 1 });
 */
export function randomLinkSplit(
  graph: Graph,
  options: RandomLinkSplitOptions = {},
): { train: LinkSplit; val: LinkSplit; test: LinkSplit } {
  const { numVal = 0.1, numTest = 0.2, negSamplingRatio = 1, seed = 0 } = options;
  const links = linksOf(graph);
  const [val, test] = [numVal, numTest].map((size) =>
    size > 0 && size < 1 ? Math.floor(size * links.length) : size,
  ) as [number, number];
  const train = links.length - val - test;
  if (![val, test, train].every((count) => Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError(
      `randomLinkSplit: of ${links.length} links ${numVal} are to validate on and ${numTest} to ` +
        'test on, which leaves a part empty; ask for fewer, of each at least one.',
    );
  }
  const drawn = [...permutation(links.length, seed, 'graph', 2)].map((i) => links[i]!);
  const parts = [drawn.slice(val + test), drawn.slice(0, val), drawn.slice(val, val + test)];
  const counts = parts.map((part) => Math.round(part.length * negSamplingRatio));
  const without = pairsWithoutLink(
    graph,
    counts.reduce((a, b) => a + b, 0),
    seed,
  );
  const seen = [parts[0]!, parts[0]!, [...parts[0]!, ...parts[1]!]];
  let at = 0;
  const [first, second, third] = parts.map((part, i): LinkSplit => {
    const { sources, targets } = graph.edgeIndex;
    const negative = without.slice(at, (at += counts[i]!));
    const from = [...part.map(([e]) => sources[e!]!), ...negative.map(([v]) => v)];
    const to = [...part.map(([e]) => targets[e!]!), ...negative.map(([, w]) => w)];
    return {
      graph: withEdges(
        graph,
        seen[i]!.flat().sort((a, b) => a - b),
      ),
      pairs: new EdgeIndex([from, to], graph.numNodes),
      labels: Float32Array.from(from, (_, k) => (k < part.length ? 1 : 0)),
    };
  });
  return { train: first!, val: second!, test: third! };
}

/** The edges that make up each link: one, or of an undirected graph one and its reverse. */
function linksOf(graph: Graph): number[][] {
  const { sources, targets } = graph.edgeIndex;
  const all = [...sources.keys()];
  if (!graph.isUndirected) return all.map((e) => [e]);
  const waiting = new Map<number, number[]>();
  const links: number[][] = [];
  const key = (v: number, w: number): number => v * graph.numNodes + w;
  for (const e of all) {
    const [v, w] = [sources[e]!, targets[e]!];
    const reverse = v === w ? undefined : waiting.get(key(w, v))?.shift();
    if (reverse !== undefined) {
      links.push([reverse, e]);
      continue;
    }
    if (v === w) links.push([e]);
    else waiting.set(key(v, w), [...(waiting.get(key(v, w)) ?? []), e]);
  }
  return links.sort((a, b) => a[0]! - b[0]!);
}

/** `count` pairs of different nodes between which no edge leads, each pair once. */
function pairsWithoutLink(graph: Graph, count: number, seed: number): [number, number][] {
  const n = graph.numNodes;
  const undirected = graph.isUndirected;
  const key = (v: number, w: number): number =>
    undirected ? Math.min(v, w) * n + Math.max(v, w) : v * n + w;
  const { sources, targets } = graph.edgeIndex;
  const taken = new Set<number>();
  sources.forEach((v, e) => {
    if (v !== targets[e]) taken.add(key(v, targets[e]!));
  });
  const free = (undirected ? (n * (n - 1)) / 2 : n * (n - 1)) - taken.size;
  if (count > free) {
    throw new ArgumentError(
      `randomLinkSplit: ${count} pairs without a link are wanted, and there are ${free}; lower ` +
        'negSamplingRatio.',
    );
  }
  const random = new RandomStream(seed, 'graph', 3);
  const found: [number, number][] = [];
  // Few pairs are left to hit by chance: go through all of them.
  if (2 * count > free) {
    const all: [number, number][] = [];
    for (let v = 0; v < n; v++) {
      for (let w = undirected ? v + 1 : 0; w < n; w++) {
        if (v !== w && !taken.has(key(v, w))) all.push([v, w]);
      }
    }
    return [...permutation(all.length, seed, 'graph', 3)].slice(0, count).map((i) => all[i]!);
  }
  while (found.length < count) {
    const [v, w] = [random.below(n), random.below(n)];
    if (v === w || taken.has(key(v, w))) continue;
    taken.add(key(v, w));
    found.push([v, w]);
  }
  return found;
}
