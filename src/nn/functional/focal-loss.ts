import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { softplusEverywhere } from './activations.js';
import type { ClassOptions } from './class-targets.js';
import {
  checkClassInput,
  checkClassNumbers,
  classAxis,
  classHit,
  reduceClassLosses,
  weightsOfTargets,
} from './class-targets.js';
import { logSoftmaxParts } from './cross-entropy.js';
import { elementLoss } from './element-loss.js';
import { PROBABILITIES } from './known-values.js';
import type { LossOptions } from './reduction.js';
import { requireReduction } from './reduction.js';

/** Options of `focalLoss` and `FocalLoss`. */
export interface FocalLossOptions extends ClassOptions {
  /** The exponent γ ≥ 0: how much less what is already right counts. Default 2. */
  readonly gamma?: number;
}

/** Options of `sigmoidFocalLoss` and `SigmoidFocalLoss`. */
export interface SigmoidFocalLossOptions extends LossOptions {
  /** A factor α for positive targets, 1 - α for negative ones; null for neither. Default 0.25. */
  readonly alpha?: number | null;
  /** The exponent γ ≥ 0: how much less what is already right counts. Default 2. */
  readonly gamma?: number;
}

/**
 * The cross-entropy of softmax(x) relative to a class y, in which a sample counts the less the
 * surer it is right: ℓ = -w_y (1 - p)^γ ln p, with p = softmax(x)_y. With γ = 0 it is
 * `crossEntropy`. Lin et al., 2017, arXiv:1708.02002.
 *
 * Computed from logarithms, so that there is no NaN at p = 0 or 1 for any γ. The mean divides by
 * the sum of the weights, as in `crossEntropy`.
 *
 * @param input Logits [N, C], [N, C, d1, …] or [C]; f32 or f64.
 * @param target Class numbers [N], [N, d1, …] or [], i32 or u8.
 * @returns A scalar, or with reduction 'none' the shape of the target.
 * @throws ShapeError, DTypeError, ArgumentError for an option; IndexError if a class number is out
 *   of range, ArgumentError for a mean where all are ignored, in compiled functions when they are
 *   called.
 *
 * @example
 * focalLoss(tensor([[2, 0, 1]]), tensor([0], { dtype: 'i32' })).item(); // 0.0456
 */
export function focalLoss(input: Tensor, target: Tensor, options: FocalLossOptions = {}): Tensor {
  const { weight, gamma = 2, reduction } = options;
  const op = 'focalLoss';
  requireReduction(op, reduction);
  requireGamma(op, gamma);
  checkClassInput(op, input, weight);
  checkClassNumbers(op, input, target, options);
  const axis = classAxis(input);
  const hit = classHit(input, target);
  const weights = weight && weightsOfTargets(hit, weight, input);
  const { shifted, logTotal } = logSoftmaxParts(input);
  let losses = logTotal.sub(where(hit, shifted, 0).sum(axis));
  if (gamma > 0) {
    // ln(1 - p) from the other classes. Where they have no weight at all, it is far below.
    const others = where(hit, FAR_BELOW, shifted.clamp(FAR_BELOW));
    const logMiss = others.logSumExp(axis).sub(logTotal);
    losses = losses.mul(logMiss.mul(gamma).exp());
  }
  return reduceClassLosses(weights ? losses.mul(weights) : losses, target, weights, options);
}

/** e to this power is 0, and it can still be calculated with. */
const FAR_BELOW = -1e30;

/**
 * The binary cross-entropy of σ(x) relative to t, in which an element counts the less the surer it
 * is right:
 *
 * ℓ = -α t (1 - p)^γ ln p - (1 - α) (1 - t) p^γ ln(1 - p), with p = σ(x).
 *
 * For targets of 0 and 1 this is torchvision's loss of that name, whose reduction is 'none' by
 * default; for those between it weights the losses of both classes. Computed from logarithms, so
 * that there is no NaN at p = 0 or 1 for any γ. Lin et al., 2017, arXiv:1708.02002.
 *
 * @param input Logits of any shape, f32 or f64.
 * @param target Probabilities of the positive class, in the shape and dtype of the input.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError, ArgumentError for an option; for a target outside [0, 1], in
 *   compiled functions when they are called.
 *
 * @example
 * sigmoidFocalLoss(tensor([0, 3]), tensor([1, 1]), { reduction: 'none' }); // [0.0433, 0.0000273]
 */
export function sigmoidFocalLoss(
  input: Tensor,
  target: Tensor,
  { alpha = 0.25, gamma = 2, reduction }: SigmoidFocalLossOptions = {},
): Tensor {
  const op = 'sigmoidFocalLoss';
  requireGamma(op, gamma);
  if (alpha !== null) {
    requireOption(op, 'alpha', alpha, alpha >= 0 && alpha <= 1, 'a number from 0 to 1, or null');
  }
  return elementLoss(op, input, target, { reduction, targets: PROBABILITIES }, () => {
    // -ln(1 - p) and -ln p.
    const [toNegative, toPositive] = [softplusEverywhere(input), softplusEverywhere(input.neg())];
    const focused = (loss: Tensor, other: Tensor): Tensor =>
      gamma === 0 ? loss : loss.mul(other.mul(-gamma).exp());
    const positive = target.mul(focused(toPositive, toNegative));
    const negative = target.neg().add(1).mul(focused(toNegative, toPositive));
    if (alpha === null) return positive.add(negative);
    return positive.mul(alpha).add(negative.mul(1 - alpha));
  });
}

function requireGamma(op: string, gamma: number): void {
  const fits = gamma >= 0 && gamma < Infinity;
  requireOption(op, 'gamma', gamma, fits, 'a finite number of at least 0');
}
