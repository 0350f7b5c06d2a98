/** Activations of the shape of an S, and the logarithm of one. */
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { softplusEverywhere } from './smooth-rectifiers.js';

/**
 * 1 / (1 + e^-x), in (0, 1); derivative y (1 - y) ≤ ¼, saturating on both sides.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * sigmoid(tensor([-1, 0, 3])); // [0.2689, 0.5, 0.9526]
 */
export function sigmoid(x: Tensor): Tensor {
  return x.sigmoid();
}

/**
 * ln σ(x) = -ln(1 + e^-x), in (-∞, 0), without overflow on either side; derivative σ(-x), saturating
 * on the right.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * logSigmoid(tensor([-1000, 0, 1000])); // [-1000, -0.6931, 0]
 */
export function logSigmoid(x: Tensor): Tensor {
  return softplusEverywhere(x.neg()).neg();
}

/**
 * The hyperbolic tangent, in (-1, 1); derivative 1 - y², saturating on both sides.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * tanh(tensor([-1, 0, 3])); // [-0.7616, 0, 0.9951]
 */
export function tanh(x: Tensor): Tensor {
  return x.tanh();
}

/**
 * x / (1 + |x|), in (-1, 1); derivative 1 / (1 + |x|)², saturating on both sides, but slowly. ±1 with
 * derivative 0 at ±∞, where PyTorch has NaN. Turian et al., 2009: Quadratic features and deep
 * architectures for chunking.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * softsign(tensor([-1, 0, 3])); // [-0.5, 0, 0.75]
 */
export function softsign(x: Tensor): Tensor {
  const rest = x.abs().add(1).reciprocal();
  // 1 - rest far from 0: the derivative of a quotient would be a difference of nearly equal numbers.
  const isNear = x.abs().lt(1);
  const far = where(x.gt(0), rest.neg().add(1), rest.sub(1));
  return where(isNear, where(isNear, x, 0).mul(rest), far);
}
