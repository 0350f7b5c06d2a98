/** Activations that go to 0 on the left and to x on the right, without a kink. */
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

/** Options of `gelu` and `GELU`. */
export interface GELUOptions {
  /** 'none' for the exact form, with erf; 'tanh' for the approximation. Default 'none'. */
  readonly approximate?: 'none' | 'tanh';
}

/** Options of `softplus` and `Softplus`. */
export interface SoftplusOptions {
  /** The steepness β. Default 1. */
  readonly beta?: number;
  /** Above this value of β x the result is x. Default 20. */
  readonly threshold?: number;
}

/**
 * ln(1 + e^(βx)) / β, a smooth ReLU without overflow, in (0, ∞); derivative σ(βx). Dugas et al., 2001:
 * Incorporating second-order functional knowledge for better option pricing.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * softplus(tensor([-1000, 0, 1000])); // [0, 0.6931, 1000]
 */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  const z = beta === 1 ? x : x.mul(beta);
  const y = where(z.gt(threshold), z, softplusEverywhere(z));
  return beta === 1 ? y : y.div(beta);
}

/** ln(1 + e^x), exact also where it is nearly x. */
export function softplusEverywhere(x: Tensor): Tensor {
  // As max(x, 0) + ln(1 + e^-|x|), with the derivative ½ at 0, where those of max and | | are 0.
  const positive = x.gt(0);
  const tail = where(positive, x.neg(), x).exp().log1p();
  return where(positive, x, 0).add(tail);
}

/**
 * x Φ(x), Φ being the distribution function of the standard normal: ½ x (1 + erf(x / √2)), or with
 * approximate 'tanh' ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). In [-0.17, ∞); derivative
 * Φ(x) + x φ(x), φ being the density. NaN at -∞, as in PyTorch. Hendrycks and Gimpel, 2016,
 * arXiv:1606.08415.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @throws ArgumentError for another approximation.
 * @equation (2.16)
 *
 * @example
 * gelu(tensor([-1, 0, 3])); // [-0.1587, 0, 2.996]
 */
export function gelu(x: Tensor, { approximate = 'none' }: GELUOptions = {}): Tensor {
  if (approximate === 'none') return x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5);
  if (approximate !== 'tanh') {
    throw new ArgumentError(`gelu: approximate is '${String(approximate)}'; use 'none' or 'tanh'.`);
  }
  const inner = x
    .mul(x)
    .mul(0.044715)
    .add(1)
    .mul(x)
    .mul(Math.sqrt(2 / Math.PI));
  return x.mul(inner.tanh().add(1)).mul(0.5);
}

/**
 * x σ(x), also called swish, in [-0.28, ∞); derivative σ(x) (1 + x (1 - σ(x))). NaN at -∞, as in
 * PyTorch. Elfwing et al., 2017, arXiv:1702.03118.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * silu(tensor([-1, 0, 3])); // [-0.2689, 0, 2.8577]
 */
export function silu(x: Tensor): Tensor {
  return x.mul(x.sigmoid());
}

/**
 * x tanh(ln(1 + e^x)), in [-0.31, ∞); derivative t + x σ(x) (1 - t²), t being the tanh. NaN at -∞, as
 * in PyTorch. Misra, 2019, arXiv:1908.08681.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * mish(tensor([-1, 0, 3])); // [-0.3034, 0, 2.9865]
 */
export function mish(x: Tensor): Tensor {
  return x.mul(softplusEverywhere(x).tanh());
}
