import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Linear } from '../nn/index.js';
import { functional, Module } from '../nn/index.js';
import type { Parameter, Tensor } from '../tensor/index.js';
import { segmentSum } from '../tensor/index.js';
import { requirePositive, requireShare } from './checks.js';
import type { EdgeIndex } from './edge-index.js';
import { asGiven, byTarget, fromSources, requireEdgeRows, requireNodeRows } from './edge-rows.js';
import type { GraphLayerOptions } from './glorot.js';
import { glorotLinear, zeroBias } from './glorot.js';
import { attributesWithLoops, loopsReplaced } from './loops-replaced.js';
import { pyTorchNames } from './py-torch-names.js';
import { segmentSoftmax } from './segment-softmax.js';

/** Options of `GATConv`. */
export interface AttentionOptions extends GraphLayerOptions {
  /** H, the number of heads. Default 1. */
  readonly heads?: number;
  /** Results of the heads side by side; else their mean. Default true. */
  readonly concat?: boolean;
  /** Slope of leakyRelu below 0. Default 0.2. */
  readonly negativeSlope?: number;
  /** The probability of an α to be 0 in training. Default 0. */
  readonly dropout?: number;
  /**
   * One loop at each node in place of those that are there; its attributes are the mean of those of
   * the edges into the node. Default true.
   */
  readonly addSelfLoops?: boolean;
  /** D, the number of attributes of an edge. Default: none are used. */
  readonly edgeDim?: number;
  /** Add W_res x_i. Default false. */
  readonly residual?: boolean;
}

/** What is sent from each node, [V, H, out], and the scores of the edges, [E, H], by target. */
export interface EdgeAttention {
  readonly sent: Tensor;
  readonly scores: Tensor;
}

/** What GATConv and GATv2Conv share: all but the scores. */
export abstract class AttentionLayer extends Module {
  readonly heads: number;
  readonly concat: boolean;
  readonly negativeSlope: number;
  readonly dropout: number;
  readonly addSelfLoops: boolean;
  readonly edgeDim: number | null;
  abstract readonly bias: Parameter | null;
  abstract readonly res: Linear | null;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    options: AttentionOptions,
  ) {
    super();
    const { heads = 1, concat = true, negativeSlope = 0.2, dropout = 0 } = options;
    this.heads = requirePositive(new.target.name, 'heads', heads);
    this.concat = concat;
    this.negativeSlope = negativeSlope;
    this.dropout = requireShare(new.target.name, 'dropout', dropout);
    this.addSelfLoops = options.addSelfLoops ?? true;
    this.edgeDim =
      options.edgeDim === undefined
        ? null
        : requirePositive(new.target.name, 'edgeDim', options.edgeDim);
  }

  /** @param edgeAttr [E, D], or [E] where D is 1; taken with `edgeDim` only, and then needed. */
  forward(x: Tensor, edges: EdgeIndex, edgeAttr: Tensor | null = null): Tensor {
    const { used, sent, alpha } = this.attended(x, edges, edgeAttr);
    const dropped = functional.dropout(alpha, { p: this.dropout, training: this.training });
    const messages = fromSources(sent, used).mul(dropped.unsqueeze(-1));
    const sums = segmentSum(messages, used.incoming.ptr);
    let y = this.concat ? sums.reshape([edges.numNodes, -1]) : sums.mean(1);
    if (this.res) y = y.add(this.res.forward(x));
    return this.bias ? y.add(this.bias) : y;
  }

  /**
   * Which edges are attended to, loops included, and how much: α, [E, H], in the order of those edges.
   * Arguments are those of `forward`.
   */
  attentionWeights(
    x: Tensor,
    edges: EdgeIndex,
    edgeAttr: Tensor | null = null,
  ): { edges: EdgeIndex; alpha: Tensor } {
    const { used, alpha } = this.attended(x, edges, edgeAttr);
    return { edges: used, alpha: asGiven(alpha, used) };
  }

  override extraRepr(): string {
    return `${this.inChannels}, ${this.outChannels}, heads=${this.heads}`;
  }

  protected abstract attention(x: Tensor, edges: EdgeIndex, edgeAttr: Tensor | null): EdgeAttention;

  /** [n, H · out] as [n, H, out]. */
  protected inHeads(y: Tensor): Tensor {
    return y.reshape([y.shape[0]!, this.heads, this.outChannels]);
  }

  protected firstBias(options: AttentionOptions): Parameter | null {
    return zeroBias(this.width, options);
  }

  protected firstResidual(options: AttentionOptions): Linear | null {
    const { residual = false, ...others } = options;
    return residual ? glorotLinear(this.inChannels, this.width, { ...others, bias: false }) : null;
  }

  protected override *members(): Generator<[string, unknown]> {
    yield* pyTorchNames(super.members());
  }

  private get width(): number {
    return this.concat ? this.heads * this.outChannels : this.outChannels;
  }

  private attended(x: Tensor, edges: EdgeIndex, edgeAttr: Tensor | null) {
    const op = this.constructor.name;
    requireNodeRows(op, 'x', x, edges);
    let attr = this.attributes(op, edges, edgeAttr);
    let used = edges;
    if (this.addSelfLoops) {
      const replaced = loopsReplaced(edges);
      used = replaced.edges;
      attr = attr && attributesWithLoops(attr, replaced);
    }
    const { sent, scores } = this.attention(x, used, attr && byTarget(attr, used));
    return { used, sent, alpha: segmentSoftmax(scores, used.incoming.ptr) };
  }

  /** The attributes as [E, D]. */
  private attributes(op: string, edges: EdgeIndex, attr: Tensor | null): Tensor | null {
    const { edgeDim } = this;
    if (edgeDim === null && attr) {
      throw new ArgumentError(
        `${op}: edgeAttr is given, but the layer uses none; give the option edgeDim.`,
      );
    }
    if (edgeDim === null) return null;
    if (!attr) {
      throw new ArgumentError(
        `${op}: edgeAttr is missing; give [E, D] = [${edges.numEdges}, ${edgeDim}].`,
      );
    }
    requireEdgeRows(op, 'edgeAttr', attr, edges);
    const table = attr.rank === 1 ? attr.unsqueeze(1) : attr;
    if (table.rank === 2 && table.shape[1] === edgeDim) return table;
    throw new ShapeError(
      `${op}: edgeAttr has shape ${formatShape(attr.shape)}; edgeDim asks for [E, D] = ` +
        `[${edges.numEdges}, ${edgeDim}].`,
    );
  }
}
