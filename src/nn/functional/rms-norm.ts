import type { Shape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { lastAxes } from './layer-norm.js';
import { axesFrom, checkNormalize, scaleAndShift } from './normalize.js';

/** Options of `rmsNorm`. */
export interface RMSNormFunctionOptions {
  /** ε, which is added to the mean square, ≥ 0. Default, or null: the dtype's machine epsilon. */
  readonly eps?: number | null;
}

/** The distance from 1 to the next number. */
const EPSILON = { f32: 2 ** -23, f64: 2 ** -52 } as const;

/**
 * Each sample divided by its root mean square over its last axes: y = x / √(E[x²] + ε) · γ. Zhang
 * and Sennrich, 2019, arXiv:1910.07467.
 *
 * @param x [*, …normalizedShape], f32 or f64.
 * @param normalizedShape The extents of the axes to normalise over, or that of the last one alone.
 * @param weight γ in normalizedShape, or null for 1.
 * @returns The shape of x.
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError if ε is below 0.
 *
 * @example
 * rmsNorm(tensor([[1, 7]]), 2); // [[0.2, 1.4]]
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight: Tensor | null = null,
  { eps }: RMSNormFunctionOptions = {},
): Tensor {
  const shape = lastAxes('rmsNorm', x, normalizedShape);
  const added = eps ?? EPSILON[x.dtype === 'f64' ? 'f64' : 'f32'];
  checkNormalize('rmsNorm', x, added, shape, { weight });
  const square = x.mul(x).mean(axesFrom(x, x.rank - shape.length), { keepDim: true });
  return scaleAndShift(x.mul(square.add(added).rsqrt()), weight, null, shape);
}
