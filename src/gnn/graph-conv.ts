import { Linear, Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Aggregation } from './aggregate.js';
import { requireAggregation } from './aggregate.js';
import type { EdgeIndex } from './edge-index.js';
import type { GraphLayerOptions } from './glorot.js';
import { drawOf } from './glorot.js';
import { pyTorchNames } from './py-torch-names.js';
import { weightedSum } from './weighted-sum.js';

/** Options of `GraphConv`. */
export interface GraphConvOptions extends GraphLayerOptions {
  /** How messages become one. Default 'add'. */
  readonly aggr?: Aggregation;
}

/**
 * x'_i = W_1 x_i + W_2 ⊕_j e_ji x_j + b over the edges into i; weights e may be negative. Morris and
 * others, 2019, arXiv:1810.02244.
 *
 * Input x [V, in], result [V, out].
 *
 * @throws ShapeError where rows do not match; DTypeError.
 * @example
 * const layer = new GraphConv(1433, 16);
 * layer.forward(graph.x, graph.edgeIndex, graph.edgeWeight); // [V, 16]
 */
export class GraphConv extends Module {
  readonly aggr: Aggregation;
  /** W_2 and b. */
  readonly linRel: Linear;
  /** W_1. */
  readonly linRoot: Linear;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    options: GraphConvOptions = {},
  ) {
    super();
    const { aggr = 'add', bias = true } = options;
    requireAggregation('GraphConv', aggr);
    this.aggr = aggr;
    this.linRel = new Linear(inChannels, outChannels, { bias, ...drawOf(options) });
    this.linRoot = new Linear(inChannels, outChannels, { bias: false, ...drawOf(options) });
  }

  /** @param edgeWeight [E]; default ones. */
  forward(x: Tensor, edges: EdgeIndex, edgeWeight: Tensor | null = null): Tensor {
    const sums = weightedSum('GraphConv', x, edges, edgeWeight, this.aggr);
    return this.linRel.forward(sums).add(this.linRoot.forward(x));
  }

  protected override *members(): Generator<[string, unknown]> {
    yield* pyTorchNames(super.members());
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}, aggr=${this.aggr}`;
  }
}
