import type { Generator, Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import { drop } from './drop.js';

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
  return training ? drop(x, x.shape, p, generator) : x;
}
