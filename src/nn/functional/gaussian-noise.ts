import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError } from '../../engine/core/errors.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { randn } from '../../tensor/index.js';
import { requireStd } from '../check.js';

/** Options of `gaussianNoise`. */
export interface GaussianNoiseOptions {
  /** The standard deviation σ, ≥ 0, in units of x. Default 0.1. */
  readonly std?: number;
  /** If false the result is x. Default true. */
  readonly training?: boolean;
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * x + σ ν, ν being standard normal for each element. For small σ, training with noise on the inputs
 * penalises how much the outputs depend on them. Bishop, 1995.
 *
 * @param x Any shape, f32 or f64.
 * @returns The shape of x.
 * @throws ArgumentError unless σ is a number ≥ 0; DTypeError for integers.
 *
 * @example
 * gaussianNoise(zeros([1000]), { std: 0.5 }).std(); // about 0.5
 */
export function gaussianNoise(
  x: Tensor,
  { std = 0.1, training = true, generator }: GaussianNoiseOptions = {},
): Tensor {
  requireStd('gaussianNoise', std);
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`gaussianNoise: input is ${x.dtype}; use f32 or f64, as with float().`);
  }
  if (!training || std === 0) return x;
  const noise = randn(x.shape, { dtype: x.dtype, ...(generator && { generator }) });
  return x.add(noise.mul(std));
}
