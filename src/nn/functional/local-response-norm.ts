import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import { channelsOf } from './normalize.js';

/** Options of `localResponseNorm` and `LocalResponseNorm`. */
export interface LocalResponseNormOptions {
  /** α. Default 1e-4. */
  readonly alpha?: number;
  /** β. Default 0.75. */
  readonly beta?: number;
  /** Default 1. */
  readonly k?: number;
}

/**
 * Each value divided by what its neighbours among the channels have: y_c = x_c /
 * (k + α/size · Σ x²)^β, the sum being over `size` channels around c, of an even number one more
 * before than after it; those beyond the edge count as 0. Krizhevsky et al., 2012.
 *
 * @param x [N, C, …], f32 or f64.
 * @param size The number of channels, ≥ 1.
 * @returns The shape of x.
 * @throws ShapeError, DTypeError, or ArgumentError for a size that is none.
 *
 * @example
 * localResponseNorm(rand([8, 16, 4, 4]), 5);
 */
export function localResponseNorm(
  x: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {},
): Tensor {
  channelsOf('localResponseNorm', x);
  requireCount('localResponseNorm', 'size', size);
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`localResponseNorm: input is ${x.dtype}; use f32 or f64.`);
  }
  const before = Math.floor(size / 2);
  const padding = x.shape.map((_, axis): readonly [number, number] =>
    axis === 1 ? [before, size - 1 - before] : [0, 0],
  );
  const mean = x.mul(x).pad(padding).unfold(1, size, 1).mean(-1);
  return x.div(mean.mul(alpha).add(k).pow(beta));
}
