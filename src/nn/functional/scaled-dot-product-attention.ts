import type { Generator, Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import type { MaskOptions } from './attention-scores.js';
import { attendAtOnce, attendInBlocks, isLarge } from './attention-in-blocks.js';
import { checkAttention, requireScale } from './attention-scores.js';

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
 * From 2^18 scores for each pair of matrices on, as of 513 queries and keys, scores are never all in
 * memory: they are made block by block, and again for the gradient, so that memory grows linearly in L
 * and S. The results are the same to rounding, but dropout then draws other numbers.
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
  const lead = checkAttention(op, [q, k, v], mask);
  requireProbability(op, dropout);
  const scale = options.scale ?? 1 / Math.sqrt(q.shape.at(-1)!);
  requireScale(op, scale);
  const how = { mask, isCausal, dropout, scale, generator };
  if (isLarge(q.shape.at(-2)!, k.shape.at(-2)!)) return attendInBlocks([q, k, v], lead, how);
  return attendAtOnce(q, k, v, how);
}
