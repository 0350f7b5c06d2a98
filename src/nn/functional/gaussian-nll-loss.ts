import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { full as filled, where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { broadcastsTo, elementLoss } from './element-loss.js';
import { NOT_NEGATIVE, requireKnown } from './known-values.js';
import type { LossOptions } from './reduction.js';

/** Options of `gaussianNllLoss` and `GaussianNLLLoss`. */
export interface GaussianNllLossOptions extends LossOptions {
  /** Adds the constant ½ ln 2π. Default false. */
  readonly full?: boolean;
  /** The least variance that is reckoned with, above 0. Default 1e-6. */
  readonly eps?: number;
}

/**
 * The negative log-likelihood of targets t from normal distributions with means x and variances v:
 * ℓ = ½ [ln v + (x - t)² / v], with v at least ε. The floor is not differentiated: a variance below
 * has the gradient of ε, and so can grow. Nix and Weigend, 1994, doi:10.1109/ICNN.1994.374138.
 *
 * @param input Means, any shape, f32 or f64.
 * @param target In the shape and dtype of the input.
 * @param variance In the shape and dtype of the input, or with extents of 1, or without the last
 *   axis; or one number.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError, ArgumentError for ε ≤ 0; for a negative variance or NaN in the
 *   target, in arguments of a compiled function when it is called.
 *
 * @example
 * gaussianNllLoss(tensor([1, 2]), tensor([0, 4]), 4, { reduction: 'none' }); // [0.8181, 1.1931]
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number,
  { full = false, eps = 1e-6, reduction }: GaussianNllLossOptions = {},
): Tensor {
  const op = 'gaussianNllLoss';
  requireOption(op, 'eps', eps, eps > 0, 'a number above 0');
  return elementLoss(op, input, target, { reduction }, () => {
    const v = varianceFor(op, input, variance);
    const floored = where(v.lt(eps), v.sub(v.detach()).add(eps), v);
    const difference = input.sub(target);
    const losses = floored.log().add(difference.mul(difference).div(floored)).mul(0.5);
    return full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses;
  });
}

/** A variance in a shape that broadcasts to that of the input. */
function varianceFor(op: string, input: Tensor, variance: Tensor | number): Tensor {
  if (typeof variance === 'number') {
    requireOption(op, 'variance', variance, variance >= 0, 'a number of at least 0');
    return filled([], variance, { dtype: input.dtype });
  }
  if (variance.dtype !== input.dtype) {
    throw new DTypeError(
      `${op}: variance is ${variance.dtype}, input ${input.dtype}; make them equal.`,
    );
  }
  requireKnown(op, 'variance', variance, NOT_NEGATIVE);
  if (variance.rank === input.rank && broadcastsTo(variance.shape, input.shape)) return variance;
  if (input.rank > 0 && sameShape(variance.shape, input.shape.slice(0, -1))) {
    return variance.unsqueeze(-1);
  }
  throw new ShapeError(
    `${op}: variance is ${formatShape(variance.shape)}, and input ${formatShape(input.shape)}; give ` +
      'the same shape, with extents of 1 where they are shared, or one number.',
  );
}
