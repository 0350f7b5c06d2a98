import type { Generator, Tensor } from '../../tensor/index.js';
import { bernoulli, where, zerosLike } from '../../tensor/index.js';
import { requireProbability } from '../check.js';

/** Options of `dropout`. */
export interface DropoutOptions {
  /** The probability of an element to be dropped. Default 0.5. */
  readonly p?: number;
  /** If false the result is x. Default true. */
  readonly training?: boolean;
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * Each element is 0 with probability p and else x / (1 - p), so that the mean stays. Srivastava et
 * al., 2014. Throws an ArgumentError unless 0 ≤ p ≤ 1.
 */
export function dropout(
  x: Tensor,
  { p = 0.5, training = true, generator }: DropoutOptions = {},
): Tensor {
  requireProbability('dropout', p);
  if (!training || p === 0) return x;
  if (p === 1) return zerosLike(x);
  const keep = bernoulli(1 - p, x.shape, { dtype: 'bool', ...(generator && { generator }) });
  return where(keep, x.mul(1 / (1 - p)), 0);
}
