import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import type { ClassOptions } from './class-targets.js';
import {
  checkClassInput,
  checkClassNumbers,
  classAxis,
  classHit,
  reduceClassLosses,
  weightsOfTargets,
} from './class-targets.js';
import { requireReduction } from './reduction.js';

/** Options of `nllLoss` and `NLLLoss`. */
export interface NllLossOptions extends ClassOptions {}

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
  const { weight, reduction } = options;
  requireReduction('nllLoss', reduction);
  checkClassInput('nllLoss', input, weight);
  checkClassNumbers('nllLoss', input, target, options);
  const hit = classHit(input, target);
  const weights = weight && weightsOfTargets(hit, weight, input);
  const losses = where(hit, input, 0).sum(classAxis(input)).neg();
  return reduceClassLosses(weights ? losses.mul(weights) : losses, target, weights, options);
}
