/**
 * Activations, h of equation (2.16): they make the model non-linear (chapter 2.2). All work on each
 * element alone, except softmax and logSoftmax, and keep the shape; integers become f32.
 */
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

/** Options of `leakyRelu` and `LeakyReLU`. */
export interface LeakyReLUOptions {
  /** The slope below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

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

/** Options of `elu` and `ELU`. */
export interface ELUOptions {
  /** The limit at -∞ is -α. Default 1. */
  readonly alpha?: number;
}

/**
 * max(x, 0), in [0, ∞); derivative 0 below 0 and at 0, 1 above.
 *
 * @equation (2.16)
 */
export function relu(x: Tensor): Tensor {
  return x.relu();
}

/**
 * 1 / (1 + e^-x), in (0, 1); derivative y (1 - y) ≤ ¼, saturating on both sides.
 *
 * @equation (2.16)
 */
export function sigmoid(x: Tensor): Tensor {
  return x.sigmoid();
}

/**
 * The hyperbolic tangent, in (-1, 1); derivative 1 - y², saturating on both sides.
 *
 * @equation (2.16)
 */
export function tanh(x: Tensor): Tensor {
  return x.tanh();
}

/**
 * x above 0, `negativeSlope` · x below; the derivative at 0 is the slope below.
 *
 * @equation (2.16)
 */
export function leakyRelu(x: Tensor, { negativeSlope = 0.01 }: LeakyReLUOptions = {}): Tensor {
  return where(x.gt(0), x, x.mul(negativeSlope));
}

/**
 * x Φ(x), Φ being the distribution function of the standard normal: ½ x (1 + erf(x / √2)), or with
 * approximate 'tanh' ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). In [-0.17, ∞); derivative
 * Φ(x) + x φ(x). Hendrycks and Gimpel, 2016, arXiv:1606.08415.
 *
 * @equation (2.16)
 */
export function gelu(x: Tensor, { approximate = 'none' }: GELUOptions = {}): Tensor {
  if (approximate === 'none') return x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5);
  const inner = x
    .mul(x)
    .mul(0.044715)
    .add(1)
    .mul(x)
    .mul(Math.sqrt(2 / Math.PI));
  return x.mul(inner.tanh().add(1)).mul(0.5);
}

/**
 * x σ(x), also called swish, in [-0.28, ∞); derivative σ(x) (1 + x (1 - σ(x))).
 *
 * @equation (2.16)
 */
export function silu(x: Tensor): Tensor {
  return x.mul(x.sigmoid());
}

/**
 * ln(1 + e^(βx)) / β, a smooth ReLU without overflow, in (0, ∞); derivative σ(βx).
 *
 * @equation (2.16)
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
 * x above 0, α (e^x - 1) below, in (-α, ∞); the derivative at 0 is α.
 *
 * @equation (2.16)
 */
export function elu(x: Tensor, { alpha = 1 }: ELUOptions = {}): Tensor {
  const positive = x.gt(0);
  // The exponential of what is above 0 is not used, and may not overflow into the gradient.
  const below = where(positive, 0, x).expm1();
  return where(positive, x, alpha === 1 ? below : below.mul(alpha));
}

/**
 * e^x / Σ e^x along an axis (default the last), in [0, 1]; derivative y_i ([i = j] - y_j).
 *
 * @equation (2.16)
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return x.softmax(axis);
}

/**
 * ln softmax(x) along an axis (default the last), ≤ 0; derivative [i = j] - softmax(x)_j.
 *
 * @equation (2.16)
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return x.logSoftmax(axis);
}
