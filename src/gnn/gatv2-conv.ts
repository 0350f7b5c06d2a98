import { functional } from '../nn/index.js';
import type { Linear } from '../nn/index.js';
import type { Parameter, Tensor } from '../tensor/index.js';
import { AttentionLayer } from './attention-layer.js';
import type { AttentionOptions, EdgeAttention } from './attention-layer.js';
import type { EdgeIndex } from './edge-index.js';
import { fromSources, fromTargets } from './edge-rows.js';
import { glorotLinear, glorotParameter } from './glorot.js';

/** Options of `GATv2Conv`. */
export interface GATv2Options extends AttentionOptions {
  /** Use W_l for W_r too. Default false. */
  readonly shareWeights?: boolean;
}

/**
 * Graph attention whose ranking of neighbours depends on the node: as `GATConv`, with the scores
 * aᵀ leakyRelu(W_l x_j + W_r x_i + W_e e_ji), and W_l x_j for what is summed. Brody, Alon and Yahav,
 * 2022, arXiv:2105.14491.
 *
 * Input x [V, in], result [V, H · out], or [V, out] without `concat`.
 *
 * @throws ShapeError where rows do not match; ArgumentError for counts or rates that cannot be.
 * @example
 * const layer = new GATv2Conv(1433, 8, { heads: 8 });
 * layer.forward(graph.x, graph.edgeIndex); // [V, 64]
 */
export class GATv2Conv extends AttentionLayer {
  /** a, [1, H, out]. */
  readonly att: Parameter;
  /** [H · out] or [out], or null. */
  readonly bias: Parameter | null;
  /** W_l, [H · out, in], with a bias. */
  readonly linL: Linear;
  /** W_r, [H · out, in], with a bias; W_l itself if weights are shared. */
  readonly linR: Linear;
  /** W_e, [H · out, D], or null. */
  readonly linEdge: Linear | null;
  /** [H · out, in] or [out, in], or null. */
  readonly res: Linear | null;

  constructor(inChannels: number, outChannels: number, options: GATv2Options = {}) {
    super(inChannels, outChannels, options);
    const width = this.heads * outChannels;
    const biased = { ...options, bias: options.bias ?? true };
    this.att = glorotParameter([1, this.heads, outChannels], options);
    this.bias = this.firstBias(options);
    this.linL = glorotLinear(inChannels, width, biased);
    this.linR = options.shareWeights ? this.linL : glorotLinear(inChannels, width, biased);
    this.linEdge =
      this.edgeDim === null ? null : glorotLinear(this.edgeDim, width, { ...options, bias: false });
    this.res = this.firstResidual(options);
  }

  protected override attention(
    x: Tensor,
    edges: EdgeIndex,
    edgeAttr: Tensor | null,
  ): EdgeAttention {
    const sent = this.inHeads(this.linL.forward(x));
    const own = this.linR === this.linL ? sent : this.inHeads(this.linR.forward(x));
    let sum = fromTargets(own, edges).add(fromSources(sent, edges));
    if (edgeAttr && this.linEdge) sum = sum.add(this.inHeads(this.linEdge.forward(edgeAttr)));
    const { negativeSlope } = this;
    return { sent, scores: functional.leakyRelu(sum, { negativeSlope }).mul(this.att).sum(-1) };
  }
}
