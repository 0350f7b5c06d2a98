// covers: src/gnn/global-pool.ts, src/gnn/graph-norm.ts, src/gnn/jumping-knowledge.ts
// covers: src/gnn/top-k-pooling.ts, src/gnn/graph-batch.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import * as gnn from '../../src/gnn/index.js';
import { Linear } from '../../src/nn/index.js';
import type { Module } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, grad, ones } from '../../src/tensor/index.js';
import type { Packed } from '../nn/check.js';
import { golden, unpack } from '../nn/check.js';
import { expectClose, f64, i32, sample, values } from '../tensor/check.js';

interface Outcome {
  readonly ptr: readonly number[];
  readonly y: Packed;
  readonly seed: Packed;
  readonly grads: readonly Packed[];
}

interface ModuleCase extends Outcome {
  readonly layer: string;
  readonly inputs: readonly Packed[];
  readonly parameters: Readonly<Record<string, Packed>>;
}

interface TopKCase extends Outcome {
  readonly options: { readonly ratio?: number; readonly minScore?: number };
  readonly edges: readonly [number[], number[]];
  readonly x: Packed;
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly keptEdges: readonly number[][];
  readonly batch: readonly number[];
  readonly kept: readonly number[];
  readonly score: Packed;
}

const goldens = golden<{
  readonly pools: readonly (Outcome & { readonly op: string; readonly x: Packed })[];
  readonly modules: readonly ModuleCase[];
  readonly topK: readonly TopKCase[];
}>('graph.json');

function expectOutcome({ y, grads }: Outcome, found: readonly Tensor[], tolerance = 1e-12): void {
  [y, ...grads].forEach((want, i) => {
    expect(found[i]!.shape).toEqual(want.shape);
    expectClose(found[i]!.reshape([found[i]!.size]), [...want.data], tolerance);
  });
}

function load(layer: Module, parameters: Readonly<Record<string, Packed>>): Tensor[] {
  const state = Object.entries(parameters).map(([name, p]) => [name, unpack(p, 'f64')] as const);
  layer.loadStateDict(Object.fromEntries(state));
  const own = Object.fromEntries(layer.namedParameters());
  return Object.keys(parameters).map((name) => own[name]!);
}

type Pool = (x: Tensor, ptr?: Tensor) => Tensor;

test.each(goldens.pools.map((c) => [c.op, c] as const))('%s as in PyTorch Geometric', (op, c) => {
  const pool = (gnn as unknown as Record<string, Pool>)[op]!;
  const x = unpack(c.x, 'f64', true);
  const y = pool(x, i32([...c.ptr]));
  expectOutcome(c, [y, ...grad([y], [x], { seed: unpack(c.seed, 'f64') })]);
  // The order of nodes within a graph changes nothing.
  const turned = x.indexSelect(0, i32([2, 0, 1, 3, 8, 7, 6, 5, 4]));
  expectClose(pool(turned, i32([...c.ptr])), y.array(), 1e-14);
  expectClose(pool(x.at({ stop: 3 })), y.at({ stop: 1 }).array(), 0);
});

const built: Record<string, () => Module> = {
  attention: () => new gnn.AttentionalAggregation(new Linear(3, 1, { dtype: 'f64' })),
  'attention of a network': () =>
    new gnn.AttentionalAggregation(
      new Linear(3, 2, { dtype: 'f64' }),
      new Linear(3, 2, { dtype: 'f64' }),
    ),
  norm: () => new gnn.GraphNorm(3, { eps: 0.01, dtype: 'f64' }),
  cat: () => new gnn.JumpingKnowledge('cat'),
  max: () => new gnn.JumpingKnowledge('max'),
  lstm: () => new gnn.JumpingKnowledge('lstm', { channels: 3, numLayers: 3, dtype: 'f64' }),
};

test.each(goldens.modules.map((c) => [c.layer, c] as const))(
  '%s as in PyTorch Geometric',
  (name, c) => {
    const layer = built[name]!();
    const parameters = load(layer, c.parameters);
    const both = (inputs: Tensor[], seed: Tensor): Tensor[] => {
      const y =
        layer instanceof gnn.JumpingKnowledge
          ? layer.forward(inputs)
          : (layer as gnn.GraphNorm).forward(inputs[0]!, i32([...c.ptr]));
      return [y, ...grad([y], [...inputs, ...parameters], { seed })];
    };
    const inputs = c.inputs.map((x) => unpack(x, 'f64', true));
    expectOutcome(c, both(inputs, unpack(c.seed, 'f64')), 1e-11);
    expectOutcome(c, compile(both)(inputs, unpack(c.seed, 'f64')), 1e-11);
  },
);

describe('TopKPooling', () => {
  test.each(goldens.topK.map((c) => [JSON.stringify(c.options), c] as const))(
    'with %s as in PyTorch Geometric',
    (_, c) => {
      const layer = new gnn.TopKPooling(3, { ...c.options, dtype: 'f64' });
      const [weight] = load(layer, c.parameters);
      const x = unpack(c.x, 'f64', true);
      const pooled = layer.forward(x, new gnn.EdgeIndex(c.edges, 9), i32([...c.ptr]));
      const seed = unpack(c.seed, 'f64');
      expectOutcome(c, [pooled.x, ...grad([pooled.x], [x, weight!], { seed })]);
      expect(values(pooled.kept)).toEqual(c.kept);
      expect([[...pooled.edges.sources], [...pooled.edges.targets]]).toEqual(c.keptEdges);
      expect(values(pooled.keptEdges).every((e) => c.kept.includes(c.edges[0][e]!))).toBe(true);
      expectClose(pooled.score, [...c.score.data], 1e-12);
      const ends = values(pooled.ptr);
      expect(ends).toEqual([0, 1, 2, 3, 4].map((b) => c.batch.filter((of) => of < b).length));
    },
  );
  test('of one graph, and what cannot be', () => {
    const edges = new gnn.EdgeIndex(
      [
        [0, 1],
        [1, 2],
      ],
      3,
    );
    const pooled = new gnn.TopKPooling(2, { ratio: 1, dtype: 'f64' }).forward(
      sample([3, 2]),
      edges,
    );
    expect(pooled.x.shape).toEqual([1, 2]);
    expect(pooled.edges.numEdges).toBe(0);
    expect(() => new gnn.TopKPooling(2, { ratio: 1.5 })).toThrow('ratio is 1.5; use a share');
    const layer = new gnn.TopKPooling(2, { dtype: 'f64' });
    expect(() => compile((x: Tensor) => layer.forward(x, edges).x)(sample([3, 2]))).toThrow(
      ArgumentError,
    );
  });
});

describe('GraphBatch', () => {
  const a = new gnn.Graph({
    edgeIndex: [
      [0, 1],
      [1, 0],
    ],
    x: f64([[1], [2]]),
    edgeWeight: f64([3, 4]),
    y: i32([1]),
  });
  const b = new gnn.Graph({
    edgeIndex: [[0], [2]],
    x: f64([[5], [6], [7]]),
    edgeWeight: f64([8]),
    y: i32([0]),
  });
  test('is its graphs one after the other', () => {
    const batch = new gnn.GraphBatch([a, b, a]);
    expect([...batch.edgeIndex.sources]).toEqual([0, 1, 2, 5, 6]);
    expect([...batch.edgeIndex.targets]).toEqual([1, 0, 4, 6, 5]);
    expect(values(batch.x!)).toEqual([1, 2, 5, 6, 7, 1, 2]);
    expect(values(batch.edgeWeight!)).toEqual([3, 4, 8, 3, 4]);
    expect(values(batch.y!)).toEqual([1, 0, 1]);
    expect(values(batch.ptr)).toEqual([0, 2, 5, 7]);
    expect(values(batch.batch)).toEqual([0, 0, 1, 1, 1, 2, 2]);
    expect(batch.numGraphs).toBe(3);
    expect(new gnn.GraphBatch([]).numNodes).toBe(0);
  });
  test('gives what each graph gives', () => {
    const layer = new gnn.GCNConv(1, 2, { dtype: 'f64' });
    const pooled = (graph: gnn.Graph, ptr?: Tensor): Tensor =>
      gnn.globalMeanPool(layer.forward(graph.x!, graph.edgeIndex, graph.edgeWeight), ptr);
    const batch = new gnn.GraphBatch([a, b]);
    const each = [a, b].map((graph) => values(pooled(graph)));
    expectClose(pooled(batch, batch.ptr), each, 1e-14);
  });
  test('needs each graph to have what the others have', () => {
    const bare = new gnn.Graph({ edgeIndex: [[], []], x: ones([1, 1], { dtype: 'f64' }) });
    expect(() => new gnn.GraphBatch([a, bare])).toThrow(
      new ArgumentError(
        'GraphBatch: graph 1 has no edgeWeight, but others have; give it to all or to none.',
      ),
    );
  });
});

test('modes and counts of JumpingKnowledge', () => {
  expect(() => new gnn.JumpingKnowledge('sum' as 'cat')).toThrow(
    "mode is 'sum'; use cat, max or lstm",
  );
  expect(() => new gnn.JumpingKnowledge('lstm')).toThrow(
    'needs the options channels and numLayers',
  );
});
