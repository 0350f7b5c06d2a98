import { functional, Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { requirePositive, requireShare } from './checks.js';
import type { EdgeIndex } from './edge-index.js';
import { normalized } from './gcn-propagate.js';

/** Options of `APPNP`. */
export interface APPNPOptions {
  /** The probability of an edge to be left out in training, in each of the K steps. Default 0. */
  readonly dropout?: number;
  /** Give each node without a loop one. Default true. */
  readonly addSelfLoops?: boolean;
}

/**
 * Personalised PageRank of features: X⁽⁰⁾ = X, X⁽ᵏ⁾ = (1 - α) D̂^(-1/2) Â D̂^(-1/2) X⁽ᵏ⁻¹⁾ + α X⁽⁰⁾, result
 * X⁽ᴷ⁾. Gasteiger, Bojchevski and Günnemann, 2019, arXiv:1810.05997. Nothing is trained.
 *
 * Input and result [V, F].
 *
 * @throws ShapeError where rows do not match; ArgumentError for a negative weight.
 * @example
 * const layer = new APPNP(10, 0.1);
 * layer.forward(graph.x, graph.edgeIndex); // [V, F]
 */
export class APPNP extends Module {
  readonly dropout: number;
  readonly addSelfLoops: boolean;

  /**
   * @param K How often features spread.
   * @param alpha α, the share of what a node began with.
   */
  constructor(
    readonly K: number,
    readonly alpha: number,
    { dropout = 0, addSelfLoops = true }: APPNPOptions = {},
  ) {
    super();
    requirePositive('APPNP', 'K', K);
    requireShare('APPNP', 'alpha', alpha);
    this.dropout = requireShare('APPNP', 'dropout', dropout);
    this.addSelfLoops = addSelfLoops;
  }

  /** @param edgeWeight [E], at least 0; default ones. */
  forward(x: Tensor, edges: EdgeIndex, edgeWeight: Tensor | null = null): Tensor {
    const { alpha, dropout: p, addSelfLoops } = this;
    const spread = normalized('APPNP', edges, edgeWeight, x.dtype, { addSelfLoops });
    const drop = (weights: Tensor): Tensor => functional.dropout(weights, { p });
    const drops = this.training && p > 0;
    let h = x;
    for (let k = 0; k < this.K; k++) {
      h = (drops ? spread(h, drop) : spread(h)).mul(1 - alpha).add(x.mul(alpha));
    }
    return h;
  }

  override extraRepr(): string {
    return `K=${this.K}, alpha=${this.alpha}`;
  }
}
