import type { DType } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Generator as RandomGenerator, Tensor } from '../../tensor/index.js';
import { Parameter, zeros } from '../../tensor/index.js';
import { requireCount, requireOption } from '../check.js';
import { exponentials, maskedScores } from '../functional/attention-scores.js';
import { drop } from '../functional/drop.js';
import { linear } from '../functional/linear.js';
import { scaledDotProductAttention } from '../functional/scaled-dot-product-attention.js';
import { xavierUniform } from '../init/index.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import { checkDType } from '../recurrent/weights.js';
import type { AttentionMasks } from './attention-masks.js';
import { joinMasks } from './attention-masks.js';
import type { KeyValueCache } from './key-value-cache.js';
import { extended, upTo } from './key-value-cache.js';

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions {
  /** In training, the probability with which a weight is dropped. Default 0. */
  readonly dropout?: number;
  /** Add trained offsets to queries, keys, values and the output. Default true. */
  readonly bias?: boolean;
  /** Features of a key as it is given. Default embedDim. */
  readonly kdim?: number;
  /** Features of a value as it is given. Default embedDim. */
  readonly vdim?: number;
  /** Sequences are [N, T, D] instead of [T, N, D]. Default false. */
  readonly batchFirst?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: RandomGenerator;
}

/** Options of a call of `MultiheadAttention`. */
export interface AttentionCallOptions extends AttentionMasks {
  /** Query i looks at keys 0 … i alone, besides what masks forbid. Default false. */
  readonly isCausal?: boolean;
  /** Give the weights as well, which then lie in memory. Default false; in PyTorch true. */
  readonly needWeights?: boolean;
  /** The mean of the weights over the heads, [N, L, S], not [N, heads, L, S]. Default true. */
  readonly averageAttnWeights?: boolean;
}

const SAVED_AS: Readonly<Record<string, string>> = {
  inProjWeight: 'in_proj_weight',
  qProjWeight: 'q_proj_weight',
  kProjWeight: 'k_proj_weight',
  vProjWeight: 'v_proj_weight',
  inProjBias: 'in_proj_bias',
  outProj: 'out_proj',
};

/**
 * Attention by several heads: for each head h, `scaledDotProductAttention` of Q W_hᵠᵀ, K W_hᵏᵀ and
 * V W_hᵛᵀ, E / heads features each, side by side, and then projected by W_o. Vaswani and others, 2017,
 * arXiv:1706.03762. Names and first values of parameters are PyTorch's.
 *
 * A query that may look at no key gets the output's bias alone, and weights of 0.
 *
 * @throws ArgumentError for sizes that are no counts, where heads do not divide embedDim, or for a
 *   probability that cannot be.
 *
 * @example
 * const layer = new MultiheadAttention(64, 4, { batchFirst: true });
 * const x = rand([2, 10, 64]);
 * const [y] = layer.forward(x, x, x, { isCausal: true }); // [2, 10, 64]
 */
export class MultiheadAttention extends Module {
  /** W of queries, keys and values, [3E, E]; null where kdim or vdim is another. */
  readonly inProjWeight: Parameter | null = null;
  /** [E, E], or null. */
  readonly qProjWeight: Parameter | null = null;
  /** [E, kdim], or null. */
  readonly kProjWeight: Parameter | null = null;
  /** [E, vdim], or null. */
  readonly vProjWeight: Parameter | null = null;
  /** [3E], zeros at first, or null. */
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;
  readonly dropout: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly batchFirst: boolean;
  readonly #generator: { readonly generator?: RandomGenerator };

  constructor(
    readonly embedDim: number,
    readonly numHeads: number,
    options: MultiheadAttentionOptions = {},
  ) {
    super();
    const { dropout = 0, bias = true, batchFirst = false, dtype = 'f32', generator } = options;
    const { kdim = embedDim, vdim = embedDim } = options;
    checkSizes(new.target.name, { embedDim, numHeads, kdim, vdim, dropout });
    this.dropout = dropout;
    this.kdim = kdim;
    this.vdim = vdim;
    this.batchFirst = batchFirst;
    this.#generator = generator ? { generator } : {};
    const draw = (rows: number, columns: number): Parameter =>
      xavierUniform(new Parameter(zeros([rows, columns], { dtype })), this.#generator);
    if (kdim === embedDim && vdim === embedDim) {
      this.inProjWeight = draw(3 * embedDim, embedDim);
    } else {
      this.qProjWeight = draw(embedDim, embedDim);
      this.kProjWeight = draw(embedDim, kdim);
      this.vProjWeight = draw(embedDim, vdim);
    }
    this.inProjBias = bias ? new Parameter(zeros([3 * embedDim], { dtype })) : null;
    this.outProj = new Linear(embedDim, embedDim, { bias, dtype, ...this.#generator });
    this.outProj.bias?.assign(zeros([embedDim], { dtype }));
  }

  /**
   * @param query [L, N, E], with `batchFirst` [N, L, E], or without a batch [L, E].
   * @param key [S, N, kdim], as the query.
   * @param value [S, N, vdim], as the query.
   * @returns The output, in the query's shape, and with `needWeights` the weights, after dropout.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    { isCausal = false, needWeights = false, ...options }: AttentionCallOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    const { name } = this.constructor;
    this.checkInputs(query, key, value);
    const isBatch = query.rank === 3;
    const [q, k, v] = this.project(query, key, value);
    const [batch, heads, queries] = q.shape as [number, number, number];
    const sizes = { batch, heads, queries, keys: k.shape[2]!, dtype: q.dtype };
    const mask = joinMasks(name, unbatched(options, isBatch), sizes);
    const p = this.training ? this.dropout : 0;
    if (!needWeights) {
      const given = { mask, isCausal, dropout: p, ...this.#generator };
      return [this.merge(scaledDotProductAttention(q, k, v, given), isBatch), null];
    }
    const scale = 1 / Math.sqrt(this.embedDim / heads);
    const scores = maskedScores(q, k, { mask, isCausal, scale });
    const { e, total } = exponentials(scores, mask !== null);
    const weights = drop(e.div(total), e.shape, p, this.#generator.generator);
    const given = (options.averageAttnWeights ?? true) ? weights.mean(1) : weights;
    return [this.merge(weights.matmul(v), isBatch), isBatch ? given : given.squeeze(0)];
  }

  /**
   * Causal self-attention of one more position, whose keys and values join those of the positions
   * before it. What `forward` gives for that position with `isCausal`, without dropout.
   *
   * @param x [N, E], the input at `position`.
   * @param cache Keys and values so far, from `emptyCache`.
   * @param position i32 [], how many positions there have been.
   * @returns The output [N, E], and the cache with this position.
   * @throws ShapeError or DTypeError where x does not fit.
   */
  step(x: Tensor, cache: KeyValueCache, position: Tensor): [output: Tensor, cache: KeyValueCache] {
    if (x.rank !== 2) {
      throw new ShapeError(
        `${this.constructor.name}.step: x is ${formatShape(x.shape)}; give [N, E].`,
      );
    }
    const row = this.batchFirst ? x.unsqueeze(1) : x.unsqueeze(0);
    this.checkInputs(row, row, row);
    const [q, k, v] = this.project(row, row, row);
    const grown = extended(cache, k, v, position);
    const mask = upTo(position, grown.keys.shape[2]!);
    const y = scaledDotProductAttention(q, grown.keys, grown.values, { mask });
    return [this.merge(y, true).reshape(x.shape), grown];
  }

  override extraRepr(): string {
    const { embedDim, numHeads, dropout, kdim, vdim, batchFirst } = this;
    const parts = [`${embedDim}`, `${numHeads}`];
    if (dropout > 0) parts.push(`dropout=${dropout}`);
    if (this.inProjBias === null) parts.push('bias=false');
    if (this.inProjWeight === null) parts.push(`kdim=${kdim}`, `vdim=${vdim}`);
    if (batchFirst) parts.push('batchFirst=true');
    return parts.join(', ');
  }

  protected override *members(): Generator<[string, unknown]> {
    for (const [name, value] of super.members()) yield [SAVED_AS[name] ?? name, value];
  }

  /** Queries, keys and values, each [N, heads, T, E / heads]. */
  private project(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
    const { inProjWeight: all, inProjBias: bias, embedDim: size } = this;
    if (all && query === key && key === value) {
      const joined = this.heads(linear(query, all, bias), 3);
      return [joined.at(0), joined.at(1), joined.at(2)];
    }
    const own = [this.qProjWeight, this.kProjWeight, this.vProjWeight];
    const [q, k, v] = [query, key, value].map((x, i) => {
      const rows = { start: i * size, stop: (i + 1) * size };
      const weight = all ? all.at(rows) : own[i]!;
      return this.heads(linear(x, weight, bias ? bias.at(rows) : null), 1).at(0);
    });
    return [q!, k!, v!];
  }

  /** [N, T, count · E] or as the input was → [count, N, heads, T, E / heads]. */
  private heads(x: Tensor, count: number): Tensor {
    const { numHeads, embedDim, batchFirst } = this;
    const batched = x.rank === 3 ? x : x.unsqueeze(batchFirst ? 0 : 1);
    const [first, second] = batched.shape as [number, number];
    const split = batched.reshape([first, second, count, numHeads, embedDim / numHeads]);
    return split.permute(batchFirst ? [2, 0, 3, 1, 4] : [2, 1, 3, 0, 4]);
  }

  /** Heads [N, heads, T, E / heads] side by side, projected, in the order of the input. */
  private merge(y: Tensor, isBatch: boolean): Tensor {
    const ordered = y.permute(this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
    const [first, second] = ordered.shape as [number, number];
    const shape = isBatch ? [first, second] : [first * second];
    return this.outProj.forward(ordered.reshape([...shape, this.embedDim]));
  }

  private checkInputs(query: Tensor, key: Tensor, value: Tensor): void {
    const { name } = this.constructor;
    const { embedDim, kdim, vdim, batchFirst } = this;
    const given = [
      ['query', query, embedDim],
      ['key', key, kdim],
      ['value', value, vdim],
    ] as const;
    for (const [what, x, size] of given) {
      if ((x.rank !== 3 && x.rank !== 2) || x.rank !== query.rank || x.shape.at(-1) !== size) {
        throw new ShapeError(
          `${name}: ${what} is ${formatShape(x.shape)}; give one ` +
            `${batchFirst ? '[N, T, D]' : '[T, N, D]'}, or all as [T, D], with D = ${size}.`,
        );
      }
      checkDType(name, what, x, this.outProj.weight.dtype);
    }
    const [steps, lots] = batchFirst ? [1, 0] : [0, 1];
    if (query.rank === 2) return checkPair(name, key, value, 0);
    checkPair(name, key, value, steps);
    if (query.shape[lots] === key.shape[lots] && key.shape[lots] === value.shape[lots]) return;
    throw new ShapeError(
      `${name}: query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ` +
        `${formatShape(value.shape)} differ in N, axis ${lots}; give batches of one size` +
        `${batchFirst ? '' : ', or make the layer with batchFirst: true'}.`,
    );
  }
}

function checkPair(name: string, key: Tensor, value: Tensor, axis: number): void {
  if (key.shape[axis] === value.shape[axis]) return;
  throw new ShapeError(
    `${name}: key ${formatShape(key.shape)} and value ${formatShape(value.shape)} differ in S, axis ` +
      `${axis}; give a value for each key.`,
  );
}

/** Masks of a call without a batch, with the axis N that they lack. */
function unbatched(masks: AttentionMasks, isBatch: boolean): AttentionMasks {
  const { keyPaddingMask } = masks;
  if (isBatch || keyPaddingMask?.rank !== 1) return masks;
  return { ...masks, keyPaddingMask: keyPaddingMask.unsqueeze(0) };
}

interface Sizes {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
}

function checkSizes(owner: string, { dropout, ...counts }: Sizes): void {
  for (const [name, value] of Object.entries(counts)) requireCount(owner, name, value);
  const { embedDim, numHeads } = counts;
  if (embedDim % numHeads !== 0) {
    throw new ArgumentError(
      `${owner}: embedDim is ${embedDim}, which numHeads = ${numHeads} does not divide; each head ` +
        'takes an equal share, so use a multiple.',
    );
  }
  const isShare = dropout >= 0 && dropout <= 1;
  requireOption(owner, 'dropout', dropout, isShare, 'a probability from 0 to 1');
}
