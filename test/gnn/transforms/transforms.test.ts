// covers: src/gnn/transforms/components.ts, src/gnn/transforms/dropout-edge.ts
// covers: src/gnn/transforms/gcn-norm.ts, src/gnn/transforms/k-hop-subgraph.ts
// covers: src/gnn/transforms/random-link-split.ts, src/gnn/transforms/random-node-split.ts
// covers: src/gnn/transforms/random-walk-pe.ts, src/gnn/transforms/self-loops.ts
// covers: src/gnn/transforms/subgraph.ts, src/gnn/transforms/to-undirected.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError } from '../../../src/engine/core/errors.js';
import type { Graph as GraphType } from '../../../src/gnn/index.js';
import {
  GCNConv,
  Graph,
  addRandomWalkPE,
  addSelfLoops,
  coalesce,
  connectedComponents,
  dropoutEdge,
  gcnNorm,
  gcnPropagate,
  kHopSubgraph,
  largestConnectedComponent,
  randomLinkSplit,
  randomNodeSplit,
  removeSelfLoops,
  subgraph,
  toUndirected,
} from '../../../src/gnn/index.js';
import { tensor } from '../../../src/tensor/index.js';
import { expectClose, f64, i32, sample, values } from '../../tensor/check.js';

/** Edges as 'source target'. */
function listed(graph: GraphType): string[] {
  const { sources, targets } = graph.edgeIndex;
  return [...sources].map((v, e) => `${v} ${targets[e]}`);
}

const bool = (...on: number[]): ReturnType<typeof tensor> => tensor(on, { dtype: 'bool' });

/** 0 → 1 → 2, 2 → 2, 3 ⇄ 4, and 5 alone. */
const graph = new Graph({
  edgeIndex: [
    [0, 1, 2, 3, 4],
    [1, 2, 2, 4, 3],
  ],
  x: sample([6, 2]),
  edgeWeight: f64([1, 2, 3, 4, 5]),
  edgeAttr: f64([[1], [2], [3], [4], [5]]),
  y: i32([0, 1, 2, 0, 1, 2]),
  trainMask: bool(1, 0, 0, 1, 0, 0),
  testMask: bool(0, 1, 0, 0, 0, 1),
  ids: ['a', 'b', 'c', 'd', 'e', 'f'],
});

describe('subgraph', () => {
  test('takes all that belongs to nodes and edges along', () => {
    const part = subgraph(graph, [2, 1, 4]);
    expect(listed(part)).toEqual(['1 0', '0 0']);
    expect(values(part.edgeWeight!)).toEqual([2, 3]);
    expect(values(part.edgeAttr!)).toEqual([2, 3]);
    expect(values(part.y!)).toEqual([2, 1, 1]);
    expectClose(part.x!, graph.x!.indexSelect(0, i32([2, 1, 4])).array(), 0);
    expect(part.ids).toEqual(['c', 'b', 'e']);
    expect(part.trainMask).toBeUndefined();
    expect(values(part.testMask!)).toEqual([0, 1, 0]);
  });
  test('of nodes that are there, each once', () => {
    expect(() => subgraph(graph, [6])).toThrow(
      new IndexError('subgraph: 6 is no node of a graph of 6 nodes; use 0…5.'),
    );
    expect(() => subgraph(graph, [1, 1])).toThrow('node 1 is given twice');
  });
});

test('components, and the largest', () => {
  expect([...connectedComponents(graph)]).toEqual([0, 0, 0, 1, 1, 2]);
  expect(largestConnectedComponent(graph).ids).toEqual(['a', 'b', 'c']);
  expect(largestConnectedComponent(graph, 2).ids).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(() => largestConnectedComponent(graph, 0)).toThrow('count is 0');
});

test('k hops against the edges are what k layers see', () => {
  const near = kHopSubgraph(graph, [2, 4], 1);
  expect([...near.nodes]).toEqual([1, 2, 3, 4]);
  expect([...near.mapping]).toEqual([1, 3]);
  expect([...kHopSubgraph(graph, [2], 2).nodes]).toEqual([0, 1, 2]);
  expect([...kHopSubgraph(graph, [2], 0).nodes]).toEqual([2]);
  const layer = new GCNConv(2, 2, { dtype: 'f64', normalize: false });
  const want = layer.forward(graph.x!, graph.edgeIndex).at({ start: 2, stop: 3 });
  const part = kHopSubgraph(graph, [2], 1);
  const found = layer.forward(part.graph.x!, part.graph.edgeIndex);
  expectClose(
    found.at({ start: part.mapping[0]!, stop: part.mapping[0]! + 1 }),
    want.array(),
    1e-14,
  );
  expect(() => kHopSubgraph(graph, [2], -1)).toThrow('k is -1');
  expect(() => kHopSubgraph(graph, [9], 1)).toThrow(IndexError);
});

test('loops come and go', () => {
  const more = addSelfLoops(graph, { fillValue: 7 });
  expect(listed(more).slice(5)).toEqual(['0 0', '1 1', '2 2', '3 3', '4 4', '5 5']);
  expect(values(more.edgeWeight!).slice(4)).toEqual([5, 7, 7, 7, 7, 7, 7]);
  expect(more.edgeAttr!.shape).toEqual([11, 1]);
  expect(listed(removeSelfLoops(more))).toEqual(['0 1', '1 2', '3 4', '4 3']);
  const typed = graph.with({ edgeType: i32([0, 0, 0, 1, 1]) });
  expect(() => addSelfLoops(typed)).toThrow(ArgumentError);
});

test('gcnNorm has the weights that gcnPropagate uses', () => {
  for (const options of [{}, { improved: true }, { addSelfLoops: false }]) {
    for (const one of [graph, graph.with({ edgeWeight: undefined })]) {
      const normed = gcnNorm(one, options);
      const layer = new GCNConv(2, 2, { dtype: 'f64', normalize: false, bias: false });
      const weight = normed.edgeWeight!.to('f64');
      const found = layer.forward(graph.x!, normed.edgeIndex, weight);
      const h = layer.lin.forward(graph.x!);
      const want = gcnPropagate(h, one.edgeIndex, one.edgeWeight ?? null, options);
      expectClose(found, want.array(), 1e-6);
    }
  }
  const bad = graph.with({ edgeWeight: f64([1, 1, -2, 1, 1]) });
  expect(() => gcnNorm(bad)).toThrow('gcnNorm: edge 2 has the weight -2');
});

test('undirected and coalesced: sorted, sums of what becomes one', () => {
  const both = toUndirected(graph);
  expect(listed(both)).toEqual(['0 1', '1 0', '1 2', '2 1', '2 2', '3 4', '4 3']);
  expect(values(both.edgeWeight!)).toEqual([1, 1, 2, 2, 3, 9, 9]);
  expect(both.isUndirected).toBe(true);
  const repeated = new Graph({
    edgeIndex: [
      [1, 0, 1],
      [0, 1, 0],
    ],
    numNodes: 2,
    edgeWeight: tensor([1, 2, 4]),
    edgeType: i32([3, 4, 5]),
  });
  const once = coalesce(repeated);
  expect(listed(once)).toEqual(['0 1', '1 0']);
  expect(values(once.edgeWeight!)).toEqual([2, 5]);
  expect(values(once.edgeType!)).toEqual([4, 3]);
  expect(toUndirected(new Graph({ edgeIndex: [[], []], numNodes: 2 })).numEdges).toBe(0);
});

describe('splits of nodes', () => {
  const large = new Graph({
    edgeIndex: [[], []],
    numNodes: 100,
    y: i32(Array.from({ length: 100 }, (_, v) => (v % 10 === 9 ? -1 : v % 3))),
  });
  const members = (mask: ReturnType<typeof tensor> | undefined): number[] =>
    values(mask!).flatMap((on, v) => (on ? [v] : []));
  test('are of the size asked for, and the same with the seed', () => {
    const split = randomNodeSplit(large, { numVal: 0.2, numTest: 30, seed: 4 });
    const sets = [split.trainMask, split.valMask, split.testMask].map(members);
    expect(sets.map((set) => set.length)).toEqual([50, 20, 30]);
    expect(new Set(sets.flat()).size).toBe(100);
    const again = randomNodeSplit(large, { numVal: 0.2, numTest: 30, seed: 4 });
    expect(members(again.valMask)).toEqual(sets[1]);
    expect(members(randomNodeSplit(large, { numVal: 0.2, numTest: 30 }).valMask)).not.toEqual(
      sets[1],
    );
  });
  test('by class: so many of each, and none without a label', () => {
    const split = randomNodeSplit(large, { numVal: 20, numTest: 30, numTrainPerClass: 5 });
    const sets = [split.trainMask, split.valMask, split.testMask].map(members);
    expect(sets.map((set) => set.length)).toEqual([15, 20, 30]);
    const y = values(large.y!);
    for (const c of [0, 1, 2]) expect(sets[0]!.filter((v) => y[v] === c).length).toBe(5);
    expect(sets.flat().every((v) => y[v]! >= 0)).toBe(true);
  });
  test('are not empty', () => {
    expect(() => randomNodeSplit(large)).toThrow('which leaves a split empty; ask for fewer');
    expect(() => randomNodeSplit(large, { numVal: 0, numTest: 1 })).toThrow(ArgumentError);
    const bare = new Graph({ edgeIndex: [[], []], numNodes: 9 });
    expect(() => randomNodeSplit(bare, { numVal: 1, numTest: 1, numTrainPerClass: 1 })).toThrow(
      'asks for the classes of the nodes',
    );
  });
});

describe('splits of links', () => {
  const ring = toUndirected(
    new Graph({
      edgeIndex: [
        Array.from({ length: 40 }, (_, v) => v),
        Array.from({ length: 40 }, (_, v) => (v + 1) % 40),
      ],
      numNodes: 40,
    }),
  );
  test.each([
    ['undirected', ring],
    [
      'directed',
      new Graph({
        edgeIndex: [ring.edgeIndex.sources.slice(0, 60), ring.edgeIndex.targets.slice(0, 60)],
        numNodes: 40,
      }),
    ],
  ] as const)('%s: no link that is asked for has been seen', (name, whole) => {
    const parts = randomLinkSplit(whole, { numVal: 0.1, numTest: 0.2, seed: 2 });
    const key = ([v, w]: [number, number]): string =>
      (name === 'undirected' ? [Math.min(v, w), Math.max(v, w)] : [v, w]).join(' ');
    const pairsOf = (edges: { sources: Int32Array; targets: Int32Array }): string[] =>
      [...edges.sources].map((v, e) => key([v, edges.targets[e]!]));
    const all = new Set(pairsOf(whole.edgeIndex));
    const asked = Object.values(parts).map(({ pairs, labels }) => {
      const names = pairsOf(pairs);
      const links = names.filter((_, k) => labels[k] === 1);
      const others = names.filter((_, k) => labels[k] === 0);
      expect(links.length).toBe(others.length);
      expect(links.every((pair) => all.has(pair))).toBe(true);
      expect(others.every((pair) => !all.has(pair))).toBe(true);
      return { links, others };
    });
    expect(new Set(asked.flatMap((part) => part.links)).size).toBe(all.size);
    expect(new Set(asked.flatMap((part) => part.others)).size).toBe(all.size);
    const seen = Object.values(parts).map((part) => new Set(pairsOf(part.graph.edgeIndex)));
    expect(asked[1]!.links.some((pair) => seen[1]!.has(pair))).toBe(false);
    expect(asked[2]!.links.some((pair) => seen[2]!.has(pair))).toBe(false);
    expect(asked[1]!.links.every((pair) => seen[2]!.has(pair))).toBe(true);
    expect(parts.train.graph.isUndirected).toBe(name === 'undirected');
  });
  test('have enough links, and pairs without', () => {
    expect(() => randomLinkSplit(ring, { numVal: 20, numTest: 20 })).toThrow('leaves a part empty');
    const dense = new Graph({
      edgeIndex: [
        [0, 1, 2, 0],
        [1, 2, 0, 2],
      ],
      numNodes: 3,
    });
    expect(() => randomLinkSplit(dense, { numVal: 1, numTest: 1 })).toThrow(
      '4 pairs without a link are wanted, and there are 2; lower negSamplingRatio.',
    );
  });
});

test('dropped edges: as many as p says, and both ways if asked', () => {
  const large = toUndirected(
    new Graph({
      edgeIndex: [
        Array.from({ length: 2000 }, (_, e) => e % 200),
        Array.from({ length: 2000 }, (_, e) => (e * 7 + 3) % 200),
      ],
      numNodes: 200,
    }),
  );
  const share = (g: GraphType): number => g.numEdges / large.numEdges;
  expect(Math.abs(share(dropoutEdge(large, { p: 0.3, seed: 1 })) - 0.7)).toBeLessThan(0.1);
  const both = dropoutEdge(large, { p: 0.3, seed: 1, forceUndirected: true });
  expect(both.isUndirected).toBe(true);
  expect(both.numEdges).toBeLessThan(large.numEdges);
  expect(dropoutEdge(large, { p: 0 }).numEdges).toBe(large.numEdges);
  expect(dropoutEdge(large, { p: 1 }).numEdges).toBe(0);
  expect(() => dropoutEdge(large, { p: 2 })).toThrow('p is 2');
});

test('a random walk comes back with the chances it should have', () => {
  const path = toUndirected(
    new Graph({
      edgeIndex: [
        [0, 1],
        [1, 2],
      ],
      numNodes: 3,
      x: f64([[9], [9], [9]]),
    }),
  );
  expectClose(
    addRandomWalkPE(path, 3).x!,
    [
      [9, 0, 0.5, 0],
      [9, 0, 1, 0],
      [9, 0, 0.5, 0],
    ],
    1e-15,
  );
  expect(addRandomWalkPE(path.with({ x: undefined, numNodes: 3 }), 2).x!.dtype).toBe('f32');
  expect(() => addRandomWalkPE(path, 0)).toThrow('walkLength is 0');
});
