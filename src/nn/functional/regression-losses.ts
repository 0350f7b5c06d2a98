import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss } from './reduction.js';

/**
 * The squared error, ℓ = (x - t)². With reduction 'sum' it is twice E of equation (2.13); the mean
 * is over all elements, not only over samples.
 *
 * @param input Any shape, f32 or f64.
 * @param target In the shape and dtype of the input: nothing broadcasts.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError.
 * @equation (2.13), (2.14), (2.17)
 *
 * @example
 * mseLoss(tensor([1, 2]), tensor([0, 4])).item(); // 2.5
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  requireAlike('mseLoss', input, target);
  const difference = input.sub(target);
  return reduceLoss('mseLoss', difference.mul(difference), reduction);
}

/**
 * The absolute error, ℓ = |x - t|; its gradient at x = t is 0. Arguments, result and errors as in
 * `mseLoss`.
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  requireAlike('l1Loss', input, target);
  return reduceLoss('l1Loss', input.sub(target).abs(), reduction);
}

/** Throws unless both are floats of one shape and dtype. */
export function requireAlike(op: string, input: Tensor, target: Tensor): void {
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `${op}: input is ${formatShape(input.shape)} and target ${formatShape(target.shape)}; make ` +
        `them equal${input.size === target.size ? ', for instance by reshape()' : ''}.`,
    );
  }
  if (!isFloat(input.dtype) || input.dtype !== target.dtype) {
    throw new DTypeError(
      `${op}: input is ${input.dtype} and target ${target.dtype}; use f32 for both, or f64.`,
    );
  }
}
