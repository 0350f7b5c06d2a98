/** Activations made of pieces that are cheap to compute, and the shrinkages. */
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

/** Options of `hardtanh` and `Hardtanh`. */
export interface HardtanhOptions {
  /** The value on the left. Default -1. */
  readonly minVal?: number;
  /** The value on the right, above `minVal`. Default 1. */
  readonly maxVal?: number;
}

/** Options of `softshrink`, `hardshrink` and their modules. */
export interface ShrinkOptions {
  /** λ ≥ 0: what is within ±λ becomes 0. Default 0.5. */
  readonly lambd?: number;
}

/**
 * x limited to minVal … maxVal; derivative 1 inside, 0 outside and at both limits, where that of
 * `clamp` is 1. Collobert, 2004: Large scale machine learning.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @throws ArgumentError unless minVal < maxVal.
 * @equation (2.16)
 *
 * @example
 * hardtanh(tensor([-2, 0.5, 3])); // [-1, 0.5, 1]
 */
export function hardtanh(x: Tensor, { minVal = -1, maxVal = 1 }: HardtanhOptions = {}): Tensor {
  requireOrder('hardtanh', minVal, maxVal);
  return where(x.le(minVal), minVal, where(x.ge(maxVal), maxVal, x));
}

/**
 * min(max(x + 3, 0), 6) / 6, in [0, 1], a sigmoid of straight lines; derivative 1/6 within ±3, 0
 * outside and at both limits. Howard et al., 2019, arXiv:1905.02244.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * hardsigmoid(tensor([-4, 0, 1.5])); // [0, 0.5, 0.75]
 */
export function hardsigmoid(x: Tensor): Tensor {
  // Limited by values alone: the limits of `clamp` would let the gradient through.
  return where(x.abs().lt(3), x, x.detach().clamp(-3, 3)).add(3).div(6);
}

/**
 * x min(max(x + 3, 0), 6) / 6, in [-0.375, ∞), a SiLU of a parabola and straight lines; derivative
 * (2x + 3) / 6 within ±3, 0 up to and at -3, 1 from 3 on. 0 at -∞, where PyTorch has NaN. Howard et
 * al., 2019, arXiv:1905.02244.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * hardswish(tensor([-4, 1, 4])); // [0, 0.6667, 4]
 */
export function hardswish(x: Tensor): Tensor {
  // Masked: what is infinite may not become NaN in the gradient of the parabola.
  const inside = where(x.abs().lt(3), x, 0);
  const parabola = inside.mul(inside.add(3)).div(6);
  return where(x.le(-3), 0, where(x.lt(3), parabola, x));
}

/**
 * x - λ above λ, x + λ below -λ, else 0; derivative 1 outside ±λ, 0 inside and at ±λ. It is what
 * follows from a penalty λ|x|. Donoho, 1995: De-noising by soft-thresholding.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @throws ArgumentError unless λ ≥ 0.
 * @equation (2.16)
 *
 * @example
 * softshrink(tensor([-2, 0.3, 3])); // [-1.5, 0, 2.5]
 */
export function softshrink(x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor {
  requireLambda('softshrink', lambd);
  return where(x.abs().le(lambd), 0, where(x.gt(0), x.sub(lambd), x.add(lambd)));
}

/**
 * x outside ±λ, else 0; derivative 1 outside ±λ, 0 inside and at ±λ, where it jumps. Donoho and
 * Johnstone, 1994: Ideal spatial adaptation by wavelet shrinkage.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @throws ArgumentError unless λ ≥ 0.
 * @equation (2.16)
 *
 * @example
 * hardshrink(tensor([-2, 0.3, 3])); // [-2, 0, 3]
 */
export function hardshrink(x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor {
  requireLambda('hardshrink', lambd);
  return where(x.abs().le(lambd), 0, x);
}

/** Throws an ArgumentError unless min < max. */
export function requireOrder(owner: string, min: number, max: number): void {
  if (min < max) return;
  throw new ArgumentError(
    `${owner}: minVal is ${min} and maxVal ${max}; use a minVal below maxVal.`,
  );
}

/** Throws an ArgumentError unless λ ≥ 0. */
export function requireLambda(owner: string, lambd: number): void {
  if (lambd >= 0) return;
  throw new ArgumentError(`${owner}: lambd is ${lambd}; use a number of at least 0.`);
}
