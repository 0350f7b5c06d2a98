import { functional } from '../nn/index.js';
import type { Linear } from '../nn/index.js';
import type { Parameter, Tensor } from '../tensor/index.js';
import { AttentionLayer } from './attention-layer.js';
import type { AttentionOptions, EdgeAttention } from './attention-layer.js';
import type { EdgeIndex } from './edge-index.js';
import { fromSources, fromTargets } from './edge-rows.js';
import { glorotLinear, glorotParameter } from './glorot.js';

/**
 * Graph attention: x'_i = Σ_j α_ji W x_j + b over the edges into i and a loop at i, where α_ji is the
 * softmax over these edges of leakyRelu(a_srcᵀ W x_j + a_dstᵀ W x_i + a_edgeᵀ W_e e_ji), and all this
 * for each of H heads, whose results come side by side or are averaged. Veličković and others, 2018,
 * arXiv:1710.10903.
 *
 * Input x [V, in], result [V, H · out], or [V, out] without `concat`.
 *
 * @throws ShapeError where rows do not match; ArgumentError for counts or rates that cannot be.
 * @example
 * const layer = new GATConv(1433, 8, { heads: 8, dropout: 0.6 });
 * layer.forward(graph.x, graph.edgeIndex); // [V, 64]
 */
export class GATConv extends AttentionLayer {
  /** a_src, a_dst and a_edge, [1, H, out]; the last null without `edgeDim`. */
  readonly attSrc: Parameter;
  readonly attDst: Parameter;
  readonly attEdge: Parameter | null;
  /** [H · out] or [out], or null. */
  readonly bias: Parameter | null;
  /** W, [H · out, in]. */
  readonly lin: Linear;
  /** W_e, [H · out, D], or null. */
  readonly linEdge: Linear | null;
  /** [H · out, in] or [out, in], or null. */
  readonly res: Linear | null;

  constructor(inChannels: number, outChannels: number, options: AttentionOptions = {}) {
    super(inChannels, outChannels, options);
    const shape = [1, this.heads, outChannels];
    const width = this.heads * outChannels;
    const plain = { ...options, bias: false };
    this.attSrc = glorotParameter(shape, options);
    this.attDst = glorotParameter(shape, options);
    this.attEdge = this.edgeDim === null ? null : glorotParameter(shape, options);
    this.bias = this.firstBias(options);
    this.lin = glorotLinear(inChannels, width, plain);
    this.linEdge = this.edgeDim === null ? null : glorotLinear(this.edgeDim, width, plain);
    this.res = this.firstResidual(options);
  }

  protected override attention(
    x: Tensor,
    edges: EdgeIndex,
    edgeAttr: Tensor | null,
  ): EdgeAttention {
    const h = this.inHeads(this.lin.forward(x));
    const at = (att: Parameter, y: Tensor): Tensor => y.mul(att).sum(-1);
    const source = fromSources(at(this.attSrc, h), edges);
    let scores = source.add(fromTargets(at(this.attDst, h), edges));
    if (edgeAttr && this.linEdge && this.attEdge) {
      scores = scores.add(at(this.attEdge, this.inHeads(this.linEdge.forward(edgeAttr))));
    }
    const { negativeSlope } = this;
    return { sent: h, scores: functional.leakyRelu(scores, { negativeSlope }) };
  }
}
