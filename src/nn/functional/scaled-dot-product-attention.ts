import type { Generator, Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import type { MaskOptions } from './attention-scores.js';
import { checkAttention, exponentials, maskedScores, requireScale } from './attention-scores.js';
import { drop } from './drop.js';

/** Options of `scaledDotProductAttention`. */
export interface ScaledDotProductAttentionOptions extends MaskOptions {
  /**
   * Broadcasts to the scores [*, L, S]: bool, true where a query may look at a key, or of the dtype of
   * q, which is added to the scores. Default: everywhere.
   */
  readonly mask?: Tensor | null;
  /** Query i looks at keys 0 … i alone, besides what the mask forbids. Default false. */
  readonly isCausal?: boolean;
  /** The probability with which a weight is dropped: always, so give 0 in evaluation. Default 0. */
  readonly dropout?: number;
  /** What the scores are multiplied with. Default 1 / √D. */
  readonly scale?: number;
  /** Where dropout draws from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * softmax(q kᵀ · scale + mask) v: each query's mean of the values, weighted by how well their keys
 * match it. Vaswani et al., 2017: Attention is all you need, arXiv:1706.03762.
 *
 * A query that may look at no key gets zeros, and passes on no gradient; PyTorch's does the same.
 *
 * @param q Queries [*, L, D], f32 or f64.
 * @param k Keys [*, S, D]; the axes * broadcast.
 * @param v Values [*, S, Dv].
 * @returns [*, L, Dv].
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError for a probability or scale
 *   that cannot be.
 *
 * @example
 * const q = rand([2, 6, 10, 32]); // [N, heads, T, D]
 * scaledDotProductAttention(q, q, q, { isCausal: true }); // [2, 6, 10, 32]
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: ScaledDotProductAttentionOptions = {},
): Tensor {
  const op = 'scaledDotProductAttention';
  const { mask = null, isCausal = false, dropout = 0, generator } = options;
  checkAttention(op, [q, k, v], mask);
  requireProbability(op, dropout);
  const scale = options.scale ?? 1 / Math.sqrt(q.shape.at(-1)!);
  requireScale(op, scale);
  const scores = maskedScores(q, k, { mask, isCausal, scale });
  const { e, total } = exponentials(scores, mask !== null);
  // Divided behind the product, by L · Dv numbers and not L · S.
  return drop(e, e.shape, dropout, generator).matmul(v).div(total);
}
