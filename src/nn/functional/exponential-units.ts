/** Activations that are linear above 0 and approach a negative limit below. */
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

/** Options of `elu` and `ELU`. */
export interface ELUOptions {
  /** The limit at -∞ is -α. Default 1. */
  readonly alpha?: number;
}

/** Options of `celu` and `CELU`. */
export interface CELUOptions {
  /** The limit at -∞ is -α. Above 0, default 1. */
  readonly alpha?: number;
}

/** λ of `selu`. */
const SCALE = 1.0507009873554804934193349852946;
/** α of `selu`. */
const ALPHA = 1.6732632423543772848170429916717;

/**
 * x above 0, α (e^x - 1) below, in (-α, ∞); derivative 1 above 0, α e^x below and at 0, saturating
 * on the left. Clevert et al., 2016, arXiv:1511.07289.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * elu(tensor([-1, 0, 3])); // [-0.6321, 0, 3]
 */
export function elu(x: Tensor, { alpha = 1 }: ELUOptions = {}): Tensor {
  return joined(x, 1, alpha);
}

/**
 * λ x above 0, λα (e^x - 1) below, in (-1.7581, ∞), with λ = 1.0507… and α = 1.6733…, for which mean 0
 * and variance 1 are a fixed point from layer to layer; derivative λ above 0, λα e^x below and at 0.
 * Klambauer et al., 2017, arXiv:1706.02515.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * selu(tensor([-1, 0, 3])); // [-1.1113, 0, 3.1521]
 */
export function selu(x: Tensor): Tensor {
  return joined(x, SCALE, SCALE * ALPHA);
}

/**
 * x above 0, α (e^(x/α) - 1) below, in (-α, ∞); derivative 1 above 0, e^(x/α) below, 1 at 0: it has no
 * kink. Barron, 2017, arXiv:1704.07483.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @throws ArgumentError unless α is above 0.
 * @equation (2.16)
 *
 * @example
 * celu(tensor([-1, 0, 3]), { alpha: 2 }); // [-0.7869, 0, 3]
 */
export function celu(x: Tensor, { alpha = 1 }: CELUOptions = {}): Tensor {
  requireAlpha('celu', alpha);
  return joined(x, 1, alpha, alpha);
}

/** Throws an ArgumentError unless α > 0. */
export function requireAlpha(owner: string, alpha: number): void {
  if (alpha > 0) return;
  throw new ArgumentError(`${owner}: alpha is ${alpha}; use a number above 0.`);
}

/** `slope` · x above 0, `limit` · (e^(x / width) - 1) below and at 0. */
function joined(x: Tensor, slope: number, limit: number, width = 1): Tensor {
  const negative = x.le(0);
  // The exponential of what is above 0 is not used, and may not overflow into the gradient.
  const below = where(negative, width === 1 ? x : x.div(width), 0).expm1();
  return where(negative, scaled(below, limit), scaled(x, slope));
}

function scaled(x: Tensor, by: number): Tensor {
  return by === 1 ? x : x.mul(by);
}
