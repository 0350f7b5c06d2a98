import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import type { ClassOptions } from './class-targets.js';
import {
  alongClasses,
  checkClassInput,
  checkClassNumbers,
  classAxis,
  classHit,
} from './class-targets.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** Options of `nllLoss` and `NLLLoss`. */
export interface NllLossOptions extends ClassOptions, LossOptions {}

/**
 * The negative logarithm of a class's probability, ℓ = -w_y x_y, for x = ln p as `logSoftmax` gives
 * it. `crossEntropy` does both at once. The mean divides by the sum of the weights.
 *
 * @param input Logarithms of probabilities [N, C], [N, C, d1, …] or [C]; f32 or f64.
 * @param target Class numbers [N], [N, d1, …] or [], i32 or u8.
 * @returns A scalar, or with reduction 'none' the shape of the target.
 * @throws ShapeError, DTypeError; IndexError if a class number is out of range, in compiled
 *   functions when they are called.
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  const { weight, ignoreIndex, reduction } = options;
  requireReduction('nllLoss', reduction);
  checkClassInput('nllLoss', input, weight);
  checkClassNumbers('nllLoss', input, target, ignoreIndex);
  const axis = classAxis(input);
  const hit = classHit(input, target);
  const weights = weight && where(hit, alongClasses(weight, input), 0).sum(axis);
  const ofClass = where(hit, input, 0).sum(axis).neg();
  let losses = weights ? ofClass.mul(weights) : ofClass;
  let divisor = weights;
  if (ignoreIndex !== undefined) {
    const counts = target.int().ne(ignoreIndex);
    losses = where(counts, losses, 0);
    // No class is hit where the target is ignored, unless that is a class as well.
    divisor = divisor ? where(counts, divisor, 0) : counts.to(input.dtype);
  }
  return reduceLoss(losses, reduction, divisor?.sum());
}
