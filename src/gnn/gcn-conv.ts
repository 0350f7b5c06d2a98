import { ArgumentError } from '../engine/core/errors.js';
import type { Linear } from '../nn/index.js';
import { Module } from '../nn/index.js';
import type { Parameter, Tensor } from '../tensor/index.js';
import type { EdgeIndex } from './edge-index.js';
import type { GcnPropagateOptions } from './gcn-propagate.js';
import { normalized } from './gcn-propagate.js';
import type { GraphLayerOptions } from './glorot.js';
import { glorotLinear, zeroBias } from './glorot.js';
import { weightedSum } from './weighted-sum.js';

/** Options of `GCNConv`. */
export interface GCNConvOptions extends GraphLayerOptions, GcnPropagateOptions {
  /** Normalise by degrees. Default true. */
  readonly normalize?: boolean;
  /** Give each node without a loop one. Default: as `normalize`. */
  readonly addSelfLoops?: boolean;
}

/**
 * Graph convolution: X' = D̂^(-1/2) Â D̂^(-1/2) X Wᵀ + b, node by node
 * x'_i = W Σ_j ê_ji / √(d̂_j d̂_i) x_j + b over the edges into i and the loop at i, where ê is the
 * weight of an edge and d̂_i = Σ_j ê_ji. Kipf and Welling, 2017, arXiv:1609.02907. See `gcnPropagate`.
 *
 * Input x [V, in], result [V, out].
 *
 * @throws ShapeError where rows do not match; ArgumentError for a negative weight; DTypeError.
 * @example
 * const layer = new GCNConv(1433, 16);
 * layer.forward(graph.x, graph.edgeIndex); // [V, 16]
 */
export class GCNConv extends Module {
  /** [out], zeros at first, or null. */
  readonly bias: Parameter | null;
  /** With a weight [out, in], Glorot-uniform at first. */
  readonly lin: Linear;
  readonly #normalize: boolean;
  readonly #loops: GcnPropagateOptions;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    options: GCNConvOptions = {},
  ) {
    super();
    const { normalize = true, addSelfLoops = normalize, improved = false } = options;
    if (addSelfLoops && !normalize) {
      throw new ArgumentError(
        'GCNConv: addSelfLoops is true and normalize false; add loops to the graph by addSelfLoops.',
      );
    }
    this.#normalize = normalize;
    this.#loops = { addSelfLoops, improved };
    this.bias = zeroBias(outChannels, options);
    this.lin = glorotLinear(inChannels, outChannels, { ...options, bias: false });
  }

  /** @param edgeWeight [E], at least 0 if they are to be normalised; default ones. */
  forward(x: Tensor, edges: EdgeIndex, edgeWeight: Tensor | null = null): Tensor {
    const h = this.lin.forward(x);
    const y = this.#normalize
      ? normalized('GCNConv', edges, edgeWeight, h.dtype, this.#loops)(h)
      : weightedSum('GCNConv', h, edges, edgeWeight);
    return this.bias ? y.add(this.bias) : y;
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}`;
  }
}
