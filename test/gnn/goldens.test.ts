// covers: src/gnn/gcn-conv.ts, src/gnn/gcn-propagate.ts, src/gnn/sage-conv.ts
// covers: src/gnn/graph-conv.ts, src/gnn/gin-conv.ts, src/gnn/sg-conv.ts, src/gnn/appnp.ts
// covers: src/gnn/cheb-conv.ts, src/gnn/gat-conv.ts, src/gnn/gatv2-conv.ts
// covers: src/gnn/attention-layer.ts, src/gnn/loops-replaced.ts, src/gnn/weighted-sum.ts
// covers: src/gnn/glorot.ts, src/gnn/py-torch-names.ts, src/gnn/edge-rows.ts
import { describe, expect, test } from 'vitest';
import * as gnn from '../../src/gnn/index.js';
import type { Module, UnaryModule } from '../../src/nn/index.js';
import { Linear, ReLU, Sequential, Tanh } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, concat, grad } from '../../src/tensor/index.js';
import type { Packed } from '../nn/check.js';
import { golden, unpack } from '../nn/check.js';
import { expectClose } from '../tensor/check.js';

interface LayerCase {
  readonly layer: string;
  readonly args: readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly graph: string;
  readonly numNodes: number;
  readonly edges: readonly [number[], number[]];
  readonly x: Packed;
  /** Weights or attributes of edges. */
  readonly edge: Packed | null;
  readonly parameters: Readonly<Record<string, Packed>>;
  readonly y: Packed;
  readonly seed: Packed;
  /** Of ⟨seed, y⟩ by x, what the edges carry, and the parameters. */
  readonly grads: readonly Packed[];
}

type GraphLayer = Module & {
  forward(x: Tensor, edges: gnn.EdgeIndex, edge: Tensor | null): Tensor;
};
type Float = 'f32' | 'f64';

/** As one would write it with `MessagePassing`. */
class EdgeConv extends gnn.MessagePassing {
  constructor(readonly nn: UnaryModule) {
    super({ aggr: 'max' });
  }
  forward(x: Tensor, edges: gnn.EdgeIndex): Tensor {
    return this.propagate(edges, { x });
  }
  override message(j: { x: Tensor }, i: { x: Tensor }): Tensor {
    return this.nn.forward(concat([i.x, j.x.sub(i.x)], 1));
  }
}

/** The layer of a case; networks within layers are those of scripts/goldens-graph.py. */
function build(c: LayerCase, dtype: Float): GraphLayer {
  const linear = (from: number, to: number): Linear => new Linear(from, to, { dtype });
  if (c.layer === 'EdgeConv') {
    return new EdgeConv(new Sequential(linear(6, 2), new Tanh()));
  }
  if (c.layer === 'GINConv') {
    const mlp = new Sequential(linear(3, 4), new ReLU(), linear(4, 2));
    return new gnn.GINConv(mlp, { ...c.options, dtype });
  }
  const classes = gnn as unknown as Record<string, new (...args: unknown[]) => GraphLayer>;
  return new classes[c.layer]!(...c.args, { ...c.options, dtype });
}

function run(c: LayerCase, float: Float, compiled: boolean): Tensor[] {
  const layer = build(c, float);
  const state = Object.entries(c.parameters).map(([name, p]) => [name, unpack(p, float)] as const);
  layer.loadStateDict(Object.fromEntries(state), { strict: false });
  const parameters = Object.fromEntries(layer.namedParameters());
  expect(Object.keys(parameters).sort()).toEqual(Object.keys(c.parameters).sort());
  const wanted = Object.keys(c.parameters).map((name) => parameters[name]!);
  const edges = new gnn.EdgeIndex(c.edges, c.numNodes);
  const both = (x: Tensor, edge: Tensor | null, seed: Tensor): Tensor[] => {
    const y = layer.forward(x, edges, edge);
    return [y, ...grad([y], [x, ...(edge ? [edge] : []), ...wanted], { seed })];
  };
  const edge = c.edge && unpack(c.edge, float, true);
  return (compiled ? compile(both) : both)(unpack(c.x, float, true), edge, unpack(c.seed, float));
}

const { layers } = golden<{ readonly layers: readonly LayerCase[] }>('graph.json');

describe('layers give what those of PyTorch Geometric give, with all gradients', () => {
  const names = [...new Set(layers.map((c) => `${c.layer} ${JSON.stringify(c.options)}`))];
  test.each(names)('%s', (name) => {
    for (const c of layers.filter(
      (one) => `${one.layer} ${JSON.stringify(one.options)}` === name,
    )) {
      for (const [float, compiled, tolerance] of [
        ['f64', false, 1e-12],
        ['f64', true, 1e-12],
        ['f32', true, 5e-5],
      ] as const) {
        const found = run(c, float, compiled);
        [c.y, ...c.grads].forEach((want, i) => {
          expect(found[i]!.shape, `${c.graph}, result ${i}`).toEqual(want.shape);
          expectClose(found[i]!.reshape([found[i]!.size]), [...want.data], tolerance);
        });
      }
    }
  });
});
