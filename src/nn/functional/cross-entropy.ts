import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError } from '../../engine/core/errors.js';
import { sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import type { ClassOptions } from './class-targets.js';
import {
  alongClasses,
  checkClassInput,
  checkClassNumbers,
  classAxis,
  classHit,
  reduceClassLosses,
  weightsOfTargets,
} from './class-targets.js';
import { requireDistributions } from './known-values.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** Options of `crossEntropy` and `CrossEntropyLoss`. */
export interface CrossEntropyOptions extends ClassOptions {
  /** ε: targets are mixed with the uniform distribution, (1 - ε) q + ε / C. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The cross-entropy of softmax(x) relative to the target distribution q:
 *
 * ℓ = -Σ_c w_c q_c ln softmax(x)_c, computed as ln Σ e^(x - max x) - (x_y - max x), which neither
 * overflows nor loses the small differences.
 *
 * Softmax and this loss are a canonical pair: the gradient by the logits is y - t of equation
 * (2.17), softmax(x) - q. The mean over class numbers divides by the sum of their weights, with
 * probabilities by N · d1 · …, as in PyTorch. An empty mean is NaN.
 *
 * @param input Logits [N, C], [N, C, d1, …] or, for one sample, [C]; f32 or f64.
 * @param target Class numbers [N], [N, d1, …] or [], i32 or u8; or probabilities in the shape and
 *   dtype of the input, whose sum over the classes is 1 to a thousandth.
 * @returns A scalar, or with reduction 'none' the shape of the class numbers.
 * @throws ShapeError, DTypeError, ArgumentError for an option; IndexError if a class number is out
 *   of range, ArgumentError for a mean where all are ignored, or if numbers are no probabilities or
 *   do not sum to 1, in compiled functions when they are called.
 * @equation (2.17)
 *
 * @example
 * const loss = crossEntropy(tensor([[2, 0, 1]]), tensor([0], { dtype: 'i32' }));
 * loss.item(); // 0.4076
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { weight, labelSmoothing = 0, reduction } = options;
  const op = 'crossEntropy';
  requireReduction(op, reduction);
  checkClassInput(op, input, weight);
  const fits = labelSmoothing >= 0 && labelSmoothing <= 1;
  requireOption(op, 'labelSmoothing', labelSmoothing, fits, 'a number from 0 to 1');
  if (isFloat(target.dtype) && sameShape(target.shape, input.shape)) {
    return ofProbabilities(input, target, options);
  }
  checkClassNumbers(op, input, target, options);
  const axis = classAxis(input);
  const hit = classHit(input, target);
  const smooth = labelSmoothing / input.shape[axis]!;
  const { shifted, logTotal } = logSoftmaxParts(input);

  // -Σ_c q_c w_c (shifted_c - logTotal), in which q is 1 - ε + ε/C at the class and ε/C elsewhere.
  let ofClass = where(hit, shifted, 0).sum(axis);
  let total = logTotal;
  const weights = weight && weightsOfTargets(hit, weight, input);
  if (weights) {
    ofClass = ofClass.mul(weights);
    total = total.mul(weights);
  }
  let losses = total.sub(ofClass);
  if (smooth > 0) {
    const all = weight ? shifted.mul(alongClasses(weight, input)) : shifted;
    const uniform = logTotal.mul(weight ? weight.sum() : input.shape[axis]!).sub(all.sum(axis));
    losses = losses.mul(1 - labelSmoothing).add(uniform.mul(smooth));
  }
  return reduceClassLosses(losses, target, weights, options);
}

/** x less its maximum over the classes, and ln of the sum of the exponentials of that. */
export function logSoftmaxParts(input: Tensor): {
  readonly shifted: Tensor;
  readonly logTotal: Tensor;
} {
  const axis = classAxis(input);
  // Constant in differentiation, as it cancels.
  const top = input.detach().max(axis, { keepDim: true });
  const shifted = input.sub(top);
  return { shifted, logTotal: shifted.exp().sum(axis).log() };
}

function ofProbabilities(
  input: Tensor,
  target: Tensor,
  { weight, ignoreIndex, labelSmoothing = 0, reduction }: CrossEntropyOptions,
): Tensor {
  const op = 'crossEntropy';
  if (target.dtype !== input.dtype) {
    throw new DTypeError(
      `${op}: target is ${target.dtype}, input ${input.dtype}; make them equal.`,
    );
  }
  if (ignoreIndex !== undefined) {
    throw new ArgumentError(
      `${op}: ignoreIndex is a class number, and target holds probabilities; use class numbers, or ` +
        "reduction 'none' and a mask of your own.",
    );
  }
  const axis = classAxis(input);
  requireDistributions(op, 'target', target, axis);
  const smooth = labelSmoothing / input.shape[axis]!;
  let q = smooth > 0 ? target.mul(1 - labelSmoothing).add(smooth) : target;
  if (weight) q = q.mul(alongClasses(weight, input));
  const { shifted, logTotal } = logSoftmaxParts(input);
  const losses = logTotal.mul(q.sum(axis)).sub(shifted.mul(q).sum(axis));
  return reduceLoss(losses, reduction);
}
