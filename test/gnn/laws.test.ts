/** What holds of every layer: permutations, the dense form, batches, gradients, bits, and what it takes. */
// covers: src/gnn/checks.ts
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { ArgumentError, ShapeError } from '../../src/engine/core/errors.js';
import {
  APPNP,
  ChebConv,
  EdgeIndex,
  GATConv,
  GATv2Conv,
  GCNConv,
  GINConv,
  GraphConv,
  SAGEConv,
  SGConv,
  gcnPropagate,
} from '../../src/gnn/index.js';
import type { Module } from '../../src/nn/index.js';
import { Linear } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Generator, compile, getDevice, grad, setDevice, tensor } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, i32, sample, values } from '../tensor/check.js';

type GraphLayer = Module & { forward(x: Tensor, edges: EdgeIndex): Tensor };

const options = (): { dtype: 'f64'; generator: Generator } => ({
  dtype: 'f64',
  generator: new Generator(5),
});

const layers: Record<string, () => GraphLayer> = {
  GCNConv: () => new GCNConv(3, 2, options()),
  SAGEConv: () => new SAGEConv(3, 2, { aggr: ['mean', 'max', 'softmax'], ...options() }),
  GraphConv: () => new GraphConv(3, 2, options()),
  GATConv: () => new GATConv(3, 2, { heads: 2, ...options() }),
  GATv2Conv: () => new GATv2Conv(3, 2, { heads: 2, ...options() }),
  GINConv: () => new GINConv(new Linear(3, 2, options()), { eps: 0.5, dtype: 'f64' }),
  SGConv: () => new SGConv(3, 2, { K: 2, ...options() }),
  APPNP: () => new APPNP(3, 0.2),
  ChebConv: () => new ChebConv(3, 2, 3, options()),
};

const sources = [0, 1, 2, 0, 3, 3, 0, 2, 4, 1, 4];
const targets = [1, 2, 0, 2, 3, 1, 1, 1, 0, 4, 4];
const edges = new EdgeIndex([sources, targets], 6);

describe.each(Object.entries(layers))('%s', (_, make) => {
  const layer = make();
  test('gives permuted nodes permuted results', () => {
    const to = [3, 5, 0, 1, 4, 2]; // node v becomes node to[v]
    const from = i32(to.map((_v, w) => to.indexOf(w)));
    const turned = new EdgeIndex(
      [sources, targets].map((ends) => ends.map((v) => to[v]!)) as [number[], number[]],
      6,
    );
    const x = sample([6, 3]);
    const want = layer.forward(x, edges).indexSelect(0, from);
    expectClose(layer.forward(x.indexSelect(0, from), turned), want.array(), 1e-12);
  });
  test('does not depend on the order of edges', () => {
    const order = [...sources.keys()].reverse();
    const turned = new EdgeIndex([order.map((e) => sources[e]!), order.map((e) => targets[e]!)], 6);
    const x = sample([6, 3]);
    expectClose(layer.forward(x, turned), layer.forward(x, edges).array(), 1e-12);
  });
  test('gives two graphs side by side what it gives each', () => {
    const both = new EdgeIndex(
      [
        [...sources, 6, 7],
        [...targets, 7, 6],
      ],
      8,
    );
    const x = sample([8, 3]);
    const pair = new EdgeIndex(
      [
        [0, 1],
        [1, 0],
      ],
      2,
    );
    const y = layer.forward(x, both);
    expectClose(y.at({ stop: 6 }), layer.forward(x.at({ stop: 6 }), edges).array(), 1e-12);
    expectClose(y.at({ start: 6 }), layer.forward(x.at({ start: 6 }), pair).array(), 1e-12);
  });
  test('has the gradient that differences give', () => {
    checkGradient((x) => layer.forward(x!, edges), [sample([6, 3], 4)]);
  });
  test('gives the same bits on any number of threads', () => {
    const many = 700;
    const random = (seed: number): number[] =>
      values(sample([3000], seed)).map((v) => Math.abs(Math.floor(v * 1e6)) % many);
    const large = new EdgeIndex([random(1), random(2)], many);
    const x = sample([many, 3], 3);
    const step = (y: Tensor): Tensor[] => {
      const out = layer.forward(y, large);
      return [out, ...grad([out.sum()], [y, ...layer.parameters()])];
    };
    const before = getDevice();
    const results = [1, 2, 3].map((threads) => {
      setDevice(new WasmDevice({ threads, relaxedSimd: false }));
      try {
        return compile(step)(tensor(x.array(), { dtype: 'f64', requiresGrad: true })).map(values);
      } finally {
        setDevice(before);
      }
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
  test('wants a row for each node', () => {
    expect(() => layer.forward(sample([5, 3]), edges)).toThrow(ShapeError);
    expect(() => layer.forward(sample([5, 3]), edges)).toThrow('has shape [5, ');
  });
});

test('GCN is the product with a dense matrix', () => {
  const w = sample([11]).abs().add(0.1);
  const [x, n] = [sample([6, 2]), 6];
  const a = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  values(w).forEach((weight, e) => (a[targets[e]!]![sources[e]!]! += weight));
  for (let v = 0; v < n; v++) if (a[v]![v] === 0) a[v]![v] = 1;
  const root = a.map((row) => 1 / Math.sqrt(row.reduce((sum, weight) => sum + weight, 0)));
  const dense = f64(a.map((row, i) => row.map((weight, j) => root[i]! * weight * root[j]!)));
  expectClose(gcnPropagate(x, edges, w), dense.matmul(x).array(), 1e-12);
});

test('of several loops at a node the last counts', () => {
  const loops = new EdgeIndex(
    [
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ],
    2,
  );
  const last = new EdgeIndex(
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
    2,
  );
  const x = sample([2, 2]);
  const want = gcnPropagate(x, last, f64([2, 3, 4]));
  expectClose(gcnPropagate(x, loops, f64([9, 2, 3, 4])), want.array(), 1e-14);
});

test('attention weights are those of the edges, loops at the end', () => {
  const layer = new GATConv(3, 2, { heads: 2, ...options() });
  const { edges: used, alpha } = layer.attentionWeights(sample([6, 3]), edges);
  expect(alpha.shape).toEqual([15, 2]);
  expect(used.sources.slice(-6)).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
  const into = new Array<number>(6).fill(0);
  values(alpha.at('...', 0)).forEach((a, e) => (into[used.targets[e]!]! += a));
  into.forEach((sum) => expect(sum).toBeCloseTo(1, 12));
});

test('dropout of edges and attention: in training only', () => {
  const x = sample([6, 3]);
  for (const [dropping, plain] of [
    [new APPNP(2, 0.2, { dropout: 0.5 }), new APPNP(2, 0.2)],
    [new GATConv(3, 2, { dropout: 0.5, ...options() }), new GATConv(3, 2, options())],
  ] as const) {
    expectClose(dropping.eval().forward(x, edges), plain.forward(x, edges).array(), 0);
    dropping.train();
    const one = values(dropping.forward(x, edges));
    expect(values(dropping.forward(x, edges))).not.toEqual(one);
  }
});

describe('what cannot be', () => {
  test('a negative weight has no degree', () => {
    const weight = f64(sources.map((_v, e) => (e === 3 ? -1 : 1)));
    const layer = new GCNConv(3, 2, options());
    expect(() => layer.forward(sample([6, 3]), edges, weight)).toThrow(
      new ArgumentError(
        'GCNConv: edge 3 has the weight -1, and degrees with such weights have no square root; use ' +
          'weights of at least 0, or GraphConv, which does not normalise.',
      ),
    );
    const step = compile((w: Tensor) => layer.forward(sample([6, 3]), edges, w));
    expect(() => step(weight)).toThrow('edge 3 has the weight -1');
    expect(() => new ChebConv(3, 2, 2, options()).forward(sample([6, 3]), edges, weight)).toThrow(
      'ChebConv: edge 3 has the weight -1',
    );
  });
  test('weights and attributes that are not one for each edge', () => {
    const x = sample([6, 3]);
    expect(() => new GCNConv(3, 2, options()).forward(x, edges, sample([4]))).toThrow(
      'GCNConv: edgeWeight has shape [4], but the graph has 11 edges; give it a row for each edge.',
    );
    expect(() => new GCNConv(3, 2, options()).forward(x, edges, sample([11, 1]))).toThrow(
      'give one number per edge, [11]',
    );
    expect(() => new GraphConv(3, 2, options()).forward(x, edges, sample([4]))).toThrow(ShapeError);
    const layer = new GATConv(3, 2, { edgeDim: 2, ...options() });
    expect(() => layer.forward(x, edges)).toThrow('edgeAttr is missing; give [E, D] = [11, 2].');
    expect(() => layer.forward(x, edges, sample([11, 3]))).toThrow(
      'edgeDim asks for [E, D] = [11, 2]',
    );
    expect(() => new GATConv(3, 2, options()).forward(x, edges, sample([11]))).toThrow(
      'give the option edgeDim',
    );
  });
  test('options', () => {
    expect(() => new SGConv(3, 2, { K: 0 })).toThrow(
      'SGConv: K is 0; use an integer of at least 1.',
    );
    expect(() => new APPNP(1, 1.5)).toThrow('APPNP: alpha is 1.5; use a number from 0 to 1.');
    expect(() => new GATConv(3, 2, { heads: 1.5 })).toThrow('GATConv: heads is 1.5');
    expect(() => new SAGEConv(3, 2, { aggr: 'median' as 'mean' })).toThrow(
      "SAGEConv: aggr is 'median'; use sum, add, mean, max, softmax, or a list of them.",
    );
    expect(() => new SAGEConv(3, 2, { aggr: [] })).toThrow('aggr is empty');
    expect(() => new GCNConv(3, 2, { normalize: false, addSelfLoops: true })).toThrow(
      ArgumentError,
    );
    expect(() => new ChebConv(3, 2, 2, { normalization: 'both' as 'rw' })).toThrow("is 'both'");
  });
});
