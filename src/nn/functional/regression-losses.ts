import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { elementLoss } from './element-loss.js';
import type { LossOptions } from './reduction.js';

/** Options of `huberLoss` and `HuberLoss`. */
export interface HuberLossOptions extends LossOptions {
  /** The error δ > 0 from which on the loss is linear, in the unit of the target. Default 1. */
  readonly delta?: number;
}

/** Options of `smoothL1Loss` and `SmoothL1Loss`. */
export interface SmoothL1LossOptions extends LossOptions {
  /** The error β ≥ 0 from which on the loss is linear, in the unit of the target. Default 1. */
  readonly beta?: number;
}

/** Options of `quantileLoss` and `QuantileLoss`. */
export interface QuantileLossOptions extends LossOptions {
  /** Which quantile of the targets is to be found: q, above 0 and below 1. Default 0.5. */
  readonly quantile?: number;
}

/**
 * The squared error, ℓ = (x - t)². With reduction 'sum' it is twice E of equation (2.13); the mean
 * is over all elements, not only over samples.
 *
 * @param input Any shape, f32 or f64.
 * @param target In the shape and dtype of the input: nothing broadcasts.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError; ArgumentError for NaN in the target, in compiled functions when
 *   they are called.
 * @equation (2.13), (2.14), (2.17)
 *
 * @example
 * mseLoss(tensor([1, 2]), tensor([0, 4])).item(); // 2.5
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return elementLoss('mseLoss', input, target, { reduction }, () => {
    const difference = input.sub(target);
    return difference.mul(difference);
  });
}

/**
 * The absolute error, ℓ = |x - t|; its gradient at x = t is 0. Arguments, result and errors as in
 * `mseLoss`.
 *
 * @example
 * l1Loss(tensor([1, 2]), tensor([0, 4])).item(); // 1.5
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return elementLoss('l1Loss', input, target, { reduction }, () => input.sub(target).abs());
}

/**
 * Half the squared error where it is small, linear beyond, so that outliers do not count more than
 * others: ℓ = ½ d² for |d| ≤ δ, else δ (|d| - ½ δ), with d = x - t. The gradient is d, limited to
 * -δ … δ. Huber, 1964, doi:10.1214/aoms/1177703732. Arguments, result and errors as in `mseLoss`,
 * and an ArgumentError unless δ is finite and above 0.
 *
 * @example
 * huberLoss(tensor([1, 9]), tensor([0, 4]), { reduction: 'none' }); // [0.5, 4.5]
 */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  { delta = 1, reduction }: HuberLossOptions = {},
): Tensor {
  requireOption('huberLoss', 'delta', delta, delta > 0 && delta < Infinity, 'a number above 0');
  return elementLoss('huberLoss', input, target, { reduction }, () => huber(input, target, delta));
}

/**
 * `huberLoss` with δ = β, divided by β: ℓ = ½ d² / β for |d| ≤ β, else |d| - ½ β. Its slope beyond
 * is 1, and with β = 0 it is `l1Loss`. Girshick, 2015, arXiv:1504.08083. Arguments, result and
 * errors as in `mseLoss`, and an ArgumentError unless β is finite and at least 0.
 *
 * @example
 * smoothL1Loss(tensor([1, 9]), tensor([0, 4]), { beta: 2, reduction: 'none' }); // [0.25, 4]
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  { beta = 1, reduction }: SmoothL1LossOptions = {},
): Tensor {
  const fits = beta >= 0 && beta < Infinity;
  requireOption('smoothL1Loss', 'beta', beta, fits, 'a number of at least 0');
  return elementLoss('smoothL1Loss', input, target, { reduction }, () =>
    beta === 0 ? input.sub(target).abs() : huber(input, target, beta).div(beta),
  );
}

function huber(input: Tensor, target: Tensor, delta: number): Tensor {
  // With c = d limited to ±δ both branches are c (d - ½ c), whose gradient has no ∞ · 0.
  const difference = input.sub(target);
  const limited = difference.clamp(-delta, delta);
  return limited.mul(difference.sub(limited.mul(0.5)));
}

/**
 * The logarithm of the hyperbolic cosine of the error, ℓ = ln cosh(x - t): nearly ½ d² for small d,
 * |d| - ln 2 for large, without a kink anywhere. The gradient is tanh(x - t). Arguments, result and
 * errors as in `mseLoss`.
 *
 * @example
 * logCoshLoss(tensor([1, 5000]), tensor([1, 0]), { reduction: 'none' }); // [0, 4999.307]
 */
export function logCoshLoss(
  input: Tensor,
  target: Tensor,
  { reduction }: LossOptions = {},
): Tensor {
  return elementLoss('logCoshLoss', input, target, { reduction }, () => {
    const d = input.sub(target);
    const size = d.abs();
    // Near 0 by cosh d - 1 = ½ (e^d - 1)² e^-d, as ln 2 would cancel the digits; beyond by e^-2|d|,
    // which does not overflow.
    const small = size.le(1);
    const near = where(small, d, 0);
    const rise = near.expm1();
    const below = rise.mul(rise).mul(near.neg().exp()).mul(0.5).log1p();
    const beyond = size.add(size.mul(-2).exp().log1p()).sub(Math.LN2);
    return where(small, below, beyond);
  });
}

/**
 * The quantile or pinball loss, ℓ = q (t - x) for t > x, else (1 - q) (x - t). It is least where x
 * is the q-quantile of the targets, as the median is for q = ½; the gradient at x = t is 0. Koenker
 * and Bassett, 1978, doi:10.2307/1913643. Arguments, result and errors as in `mseLoss`, and an
 * ArgumentError unless 0 < q < 1.
 *
 * @example
 * quantileLoss(tensor([1, 9]), tensor([3, 4]), { quantile: 0.9, reduction: 'none' }); // [1.8, 0.5]
 */
export function quantileLoss(
  input: Tensor,
  target: Tensor,
  { quantile = 0.5, reduction }: QuantileLossOptions = {},
): Tensor {
  const fits = quantile > 0 && quantile < 1;
  requireOption('quantileLoss', 'quantile', quantile, fits, 'a number between 0 and 1');
  return elementLoss('quantileLoss', input, target, { reduction }, () => {
    const missing = target.sub(input);
    return missing
      .relu()
      .mul(quantile)
      .add(
        missing
          .neg()
          .relu()
          .mul(1 - quantile),
      );
  });
}
