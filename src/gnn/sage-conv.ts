import { Linear, Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Aggregation } from './aggregate.js';
import { requireAggregation } from './aggregate.js';
import type { EdgeIndex } from './edge-index.js';
import type { GraphLayerOptions } from './glorot.js';
import { drawOf } from './glorot.js';
import { pyTorchNames } from './py-torch-names.js';
import { weightedSum } from './weighted-sum.js';

/** Options of `SAGEConv`. */
export interface SAGEConvOptions extends GraphLayerOptions {
  /** How neighbours become one. Default 'mean'. */
  readonly aggr?: Aggregation | readonly Aggregation[];
  /** Scale each result to length 1. Default false. */
  readonly normalize?: boolean;
  /** Add W_2 x_i. Default true. */
  readonly rootWeight?: boolean;
  /** Send relu(W_3 x + b_3) in place of x. Default false. */
  readonly project?: boolean;
}

/**
 * GraphSAGE: x'_i = W_1 ⊕_j x_j + b + W_2 x_i over the edges into i, where ⊕ is the mean or another
 * reduction. Hamilton, Ying and Leskovec, 2017, arXiv:1706.02216.
 *
 * Input x [V, in], result [V, out]. A node without edges gets ⊕ = 0.
 *
 * @throws ShapeError where rows do not match; DTypeError.
 * @example
 * const layer = new SAGEConv(1433, 16);
 * layer.forward(graph.x, graph.edgeIndex); // [V, 16]
 */
export class SAGEConv extends Module {
  readonly aggr: Aggregation | readonly Aggregation[];
  /** [in, in], or null. */
  readonly lin: Linear | null;
  /** W_1 and b; as wide as all reductions side by side. */
  readonly linL: Linear;
  /** W_2, or null. */
  readonly linR: Linear | null;
  readonly #normalize: boolean;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    options: SAGEConvOptions = {},
  ) {
    super();
    const { aggr = 'mean', normalize = false, rootWeight = true, project = false } = options;
    requireAggregation('SAGEConv', aggr);
    this.aggr = aggr;
    this.#normalize = normalize;
    const [draw, bias] = [drawOf(options), options.bias ?? true];
    this.lin = project ? new Linear(inChannels, inChannels, draw) : null;
    const width = typeof aggr === 'string' ? inChannels : inChannels * aggr.length;
    this.linL = new Linear(width, outChannels, { bias, ...draw });
    this.linR = rootWeight ? new Linear(inChannels, outChannels, { bias: false, ...draw }) : null;
  }

  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const sent = this.lin ? this.lin.forward(x).relu() : x;
    let y = this.linL.forward(weightedSum('SAGEConv', sent, edges, null, this.aggr));
    if (this.linR) y = y.add(this.linR.forward(x));
    return this.#normalize ? y.div(y.norm(-1, { keepDim: true }).maximum(1e-12)) : y;
  }

  protected override *members(): Generator<[string, unknown]> {
    yield* pyTorchNames(super.members());
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}, aggr=${String(this.aggr)}`;
  }
}
