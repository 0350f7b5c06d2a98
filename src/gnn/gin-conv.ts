import type { UnaryModule } from '../nn/index.js';
import { Module } from '../nn/index.js';
import type { DType, Tensor } from '../tensor/index.js';
import { Parameter, StateTensor, full } from '../tensor/index.js';
import type { EdgeIndex } from './edge-index.js';
import { weightedSum } from './weighted-sum.js';

/** Options of `GINConv`. */
export interface GINConvOptions {
  /** ε, or its first value. Default 0. */
  readonly eps?: number;
  /** Train ε. Default false. */
  readonly trainEps?: boolean;
  /** f32 (the default) or f64: that of the network. */
  readonly dtype?: DType;
}

/**
 * Graph isomorphism layer: x'_i = h((1 + ε) x_i + Σ_j x_j) over the edges into i, where h is a network,
 * an MLP as a rule. Xu and others, 2019, arXiv:1810.00826.
 *
 * Input x [V, in], result [V, out] as h makes it.
 *
 * @throws ShapeError where rows do not match.
 * @example
 * const layer = new GINConv(new Sequential(new Linear(7, 32), new ReLU(), new Linear(32, 32)));
 * layer.forward(graph.x, graph.edgeIndex); // [V, 32]
 */
export class GINConv extends Module {
  /** ε [1]. */
  readonly eps: StateTensor;

  /** @param nn h. */
  constructor(
    readonly nn: UnaryModule,
    { eps = 0, trainEps = false, dtype = 'f32' }: GINConvOptions = {},
  ) {
    super();
    const first = full([1], eps, { dtype });
    this.eps = trainEps ? new Parameter(first) : new StateTensor(first);
  }

  forward(x: Tensor, edges: EdgeIndex): Tensor {
    const sums = weightedSum('GINConv', x, edges, null);
    return this.nn.forward(sums.add(x.mul(this.eps.add(1))));
  }
}
