// covers: src/gnn/aggregate.ts, src/gnn/segment-softmax.ts
import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import type { Aggregation } from '../../src/gnn/index.js';
import {
  EdgeIndex,
  GATConv,
  GCNConv,
  MessagePassing,
  SAGEConv,
  segmentSoftmax,
} from '../../src/gnn/index.js';
import type { Module } from '../../src/nn/index.js';
import { Linear } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Generator, compile, getDevice, grad, setDevice, tensor } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, i32, sample } from '../tensor/check.js';

/** The layer of docs/graphs.md, in ten lines. */
class MyGCN extends MessagePassing<{ h: Tensor }> {
  readonly lin: Linear;
  constructor(inChannels: number, outChannels: number, dtype: 'f32' | 'f64' = 'f64') {
    super();
    this.lin = new Linear(inChannels, outChannels, { bias: false, dtype });
  }
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const scale = edges.degrees({ dtype: x.dtype }).add(1).rsqrt().unsqueeze(1);
    const h = this.lin.forward(x).mul(scale);
    return this.propagate(edges, { h }).add(h).mul(scale);
  }
  override message(j: { h: Tensor }): Tensor {
    return j.h;
  }
}

/** Σ over edges of what `aggr` says of weight · x. */
class Weighted extends MessagePassing {
  constructor(aggr: Aggregation | Aggregation[]) {
    super({ aggr });
  }
  forward(x: Tensor, edges: EdgeIndex, weight: Tensor): Tensor {
    return this.propagate(edges, { x }, { weight });
  }
  override message(j: { x: Tensor }, _i: { x: Tensor }, e: { weight: Tensor }): Tensor {
    return j.x.mul(e.weight.unsqueeze(1)).tanh();
  }
}

/** The messages themselves, and nothing done to them. */
class Plain extends MessagePassing {
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    return this.propagate(edges, { x });
  }
  override update(messages: Tensor, nodes: { x: Tensor }): Tensor {
    return messages.sub(nodes.x);
  }
}

const edges = new EdgeIndex(
  [
    [2, 0, 1, 2, 1],
    [0, 1, 0, 1, 1],
  ],
  3,
);

test('a GCN in ten lines is the one that is built in', () => {
  const ring = new EdgeIndex(
    [
      [0, 1, 2, 3, 0],
      [1, 2, 3, 0, 2],
    ],
    4,
  );
  const [mine, built] = [new MyGCN(3, 2), new GCNConv(3, 2, { dtype: 'f64' })];
  built.loadStateDict(mine.stateDict(), { strict: false });
  const x = sample([4, 3]);
  expectClose(mine.forward(x, ring), built.forward(x, ring).array(), 1e-14);
});

describe('messages', () => {
  const x = f64([
    [1, -2],
    [3, 5],
    [-4, 7],
  ]);
  test('are the rows of sources, unless said otherwise, and update has the last word', () => {
    expectClose(
      new Plain().forward(x, edges),
      [
        [-2, 14],
        [-3, 5],
        [4, -7],
      ],
      0,
    );
  });
  test('are reduced in one way or in several', () => {
    const weight = f64([0.5, -1, 2, 0.1, 0.3]);
    const into = [
      [
        [-2, 3.5],
        [6, 10],
      ],
      [
        [-1, 2],
        [-0.4, 0.7],
        [0.9, 1.5],
      ],
      [],
    ].map((rows) => rows.map((row) => row.map(Math.tanh)));
    const by = {
      sum: (m: number[]) => m.reduce((a, b) => a + b, 0),
      mean: (m: number[]) => (m.length ? m.reduce((a, b) => a + b, 0) / m.length : 0),
      max: (m: number[]) => (m.length ? Math.max(...m) : 0),
      softmax: (m: number[]) => {
        const total = m.reduce((a, b) => a + Math.exp(b), 0);
        return m.reduce((a, b) => a + (Math.exp(b) / total) * b, 0);
      },
    };
    const names = Object.keys(by) as (keyof typeof by)[];
    const want = (name: keyof typeof by): number[][] =>
      into.map((rows) => [0, 1].map((f) => by[name](rows.map((row) => row[f]!))));
    for (const name of names) {
      expectClose(new Weighted(name).forward(x, edges, weight), want(name), 1e-14);
    }
    const all = names.map(want);
    expectClose(
      new Weighted(names).forward(x, edges, weight),
      into.map((_, v) => all.flatMap((rows) => rows[v]!)),
      1e-14,
    );
    checkGradient(
      (y, w) => new Weighted(names).forward(y!, edges, w!),
      [sample([3, 2]), sample([5], 2)],
    );
  });
  test('need rows for all nodes and edges', () => {
    const layer = new Weighted('sum');
    expect(() => layer.forward(sample([2, 2]), edges, sample([5]))).toThrow(
      'Weighted: x has shape [2, 2], but the graph has 3 nodes; give it a row for each node.',
    );
    expect(() => layer.forward(x, edges, sample([4]))).toThrow(
      'Weighted: weight has shape [4], but the graph has 5 edges; give it a row for each edge.',
    );
    expect(() => new Weighted('middle' as 'mean')).toThrow("Weighted: aggr is 'middle'; use sum");
  });
});

test('softmax within segments', () => {
  const ptr = i32([0, 2, 2, 5]);
  const y = segmentSoftmax(f64([[0], [Math.log(3)], [1000], [1000], [-1000]]), ptr);
  expectClose(y, [[0.25], [0.75], [0.5], [0.5], [0]], 1e-15);
  checkGradient((x) => segmentSoftmax(x!, ptr), [sample([5, 2])]);
});

/** 300 nodes with 32 features and 6000 edges: a value for each edge and feature takes 768 kB. */
describe('what a training step keeps', () => {
  const [nodes, count, width] = [300, 6000, 32];
  const random = (seed: number): number[] =>
    [...sample([count], seed).dataSync()].map((v) => Math.abs(Math.floor(v * 1e6)) % nodes);
  const large = new EdgeIndex([random(1), random(2)], nodes);
  const generator = new Generator(1);
  const cases: Record<string, Module & { forward(x: Tensor, e: EdgeIndex): Tensor }> = {
    MyGCN: new MyGCN(width, width, 'f32'),
    GCNConv: new GCNConv(width, width, { generator }),
    SAGEConv: new SAGEConv(width, width, { generator }),
    GATConv: new GATConv(width, 16, { heads: 2, generator }),
  };
  test.each(Object.entries(cases))('%s: no row of features for each edge', (_, layer) => {
    const before = getDevice();
    setDevice(new WasmDevice());
    try {
      const step = compile((x: Tensor) => {
        const loss = layer.forward(x, large).tanh().sum();
        return [loss, ...grad([loss], [x, ...layer.parameters()])];
      });
      const x = tensor(new Float32Array(nodes * width), {
        shape: [nodes, width],
        requiresGrad: true,
      });
      const text = step.explain(x);
      const shapes = [...text.matchAll(/f32\[([\d, ]+)\]/g)].map(([, s]) =>
        s!.split(', ').reduce((n, d) => n * Number(d), 1),
      );
      expect(shapes.length).toBeGreaterThan(0);
      expect(Math.max(...shapes)).toBeLessThan((count * width) / 2);
    } finally {
      setDevice(before);
    }
  });
});
