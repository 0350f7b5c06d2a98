import { Linear, Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { requirePositive } from './checks.js';
import type { EdgeIndex } from './edge-index.js';
import type { GraphLayerOptions } from './glorot.js';
import { drawOf } from './glorot.js';
import { normalized } from './gcn-propagate.js';

/** Options of `SGConv`. */
export interface SGConvOptions extends GraphLayerOptions {
  /** How often features spread. Default 1. */
  readonly K?: number;
  /** Give each node without a loop one. Default true. */
  readonly addSelfLoops?: boolean;
}

/**
 * Simple graph convolution: X' = (D̂^(-1/2) Â D̂^(-1/2))^K X Wᵀ + b. Wu and others, 2019,
 * arXiv:1902.07153. Features that do not change need to spread only once: `gcnPropagate` them before,
 * and train a Linear.
 *
 * Input x [V, in], result [V, out].
 *
 * @throws ShapeError where rows do not match; ArgumentError for a negative weight; DTypeError.
 * @example
 * const layer = new SGConv(1433, 7, { K: 2 });
 * layer.forward(graph.x, graph.edgeIndex); // [V, 7]
 */
export class SGConv extends Module {
  readonly K: number;
  readonly addSelfLoops: boolean;
  /** With a weight [out, in] and a bias. */
  readonly lin: Linear;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    options: SGConvOptions = {},
  ) {
    super();
    const { K = 1, addSelfLoops = true, bias = true } = options;
    this.K = requirePositive('SGConv', 'K', K);
    this.addSelfLoops = addSelfLoops;
    this.lin = new Linear(inChannels, outChannels, { bias, ...drawOf(options) });
  }

  /** @param edgeWeight [E], at least 0; default ones. */
  forward(x: Tensor, edges: EdgeIndex, edgeWeight: Tensor | null = null): Tensor {
    const { addSelfLoops } = this;
    const spread = normalized('SGConv', edges, edgeWeight, x.dtype, { addSelfLoops });
    let h = x;
    for (let k = 0; k < this.K; k++) h = spread(h);
    return this.lin.forward(h);
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}, K=${this.K}`;
  }
}
