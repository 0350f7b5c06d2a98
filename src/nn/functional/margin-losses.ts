import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import {
  checkClassInput,
  checkClassNumbers,
  classAxis,
  classHit,
  weightsOfTargets,
} from './class-targets.js';
import { elementLoss, requireAlike } from './element-loss.js';
import { SIGNS } from './known-values.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** Options of the losses that demand a distance. */
export interface MarginOptions extends LossOptions {
  /** The distance that is demanded, finite. Default: that of the function. */
  readonly margin?: number;
}

/** Options of `hingeLoss` and `HingeLoss`. */
export interface HingeLossOptions extends MarginOptions {
  /** The square of the loss, which has no kink. Default false. */
  readonly squared?: boolean;
}

/** Options of `multiMarginLoss` and `MultiMarginLoss`. */
export interface MultiMarginLossOptions extends MarginOptions {
  /** The exponent, 1 or 2. Default 1. */
  readonly p?: 1 | 2;
  /** A factor for the losses of each class, [C], of the dtype of the input. Default 1. */
  readonly weight?: Tensor;
}

/**
 * The hinge loss of support vector machines, ℓ = max(0, m - t x), or its square: 0 for what is on
 * the right side by the margin m. The gradient at the kink is 0. Cortes and Vapnik, 1995,
 * doi:10.1007/BF00994018.
 *
 * @param input Scores of any shape, f32 or f64: the sign is the predicted class.
 * @param target -1 or 1, in the shape and dtype of the input.
 * @param options Default margin 1.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError; ArgumentError for a target that is neither -1 nor 1, in compiled
 *   functions when they are called.
 *
 * @example
 * hingeLoss(tensor([0.5, 3, -1]), tensor([1, 1, 1]), { reduction: 'none' }); // [0.5, 0, 2]
 */
export function hingeLoss(
  input: Tensor,
  target: Tensor,
  { margin = 1, squared = false, reduction }: HingeLossOptions = {},
): Tensor {
  requireMargin('hingeLoss', margin);
  return elementLoss('hingeLoss', input, target, { reduction, targets: SIGNS }, () => {
    const lack = target.mul(input).neg().add(margin).relu();
    return squared ? lack.mul(lack) : lack;
  });
}

/**
 * The hinge loss of many classes, ℓ = Σ_c≠y w_y max(0, m - x_y + x_c)^p / C. The gradient at the
 * kink is 0. Crammer and Singer, 2001.
 *
 * @param input Scores [N, C], [N, C, d1, …] or [C]; f32 or f64.
 * @param target Class numbers [N], [N, d1, …] or [], i32 or u8.
 * @param options Default margin 1. The mean divides by the number of samples, not by weights.
 * @returns A scalar, or with reduction 'none' the shape of the target.
 * @throws ShapeError, DTypeError, ArgumentError for p or a margin that is none; IndexError if a
 *   class number is out of range, in compiled functions when they are called.
 *
 * @example
 * const target = tensor([0], { dtype: 'i32' });
 * multiMarginLoss(tensor([[0.5, 0.25, -1]]), target).item(); // 0.75 / 3 = 0.25
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  { p = 1, margin = 1, weight, reduction }: MultiMarginLossOptions = {},
): Tensor {
  const op = 'multiMarginLoss';
  requireReduction(op, reduction);
  requireMargin(op, margin);
  requireOption(op, 'p', p, p === 1 || p === 2, '1 or 2');
  checkClassInput(op, input, weight);
  checkClassNumbers(op, input, target);
  const axis = classAxis(input);
  const hit = classHit(input, target);
  const ofClass = where(hit, input, 0).sum(axis, { keepDim: true });
  const lack = where(hit, 0, input.sub(ofClass).add(margin)).relu();
  let losses = (p === 2 ? lack.mul(lack) : lack).sum(axis).div(input.shape[axis]!);
  if (weight) losses = losses.mul(weightsOfTargets(hit, weight, input));
  return reduceLoss(losses, reduction);
}

/**
 * Asks one input to be ranked above the other: ℓ = max(0, m - t (x - y)), with t = 1 where x is to
 * be the larger and -1 where y is. The gradient at the kink is 0.
 *
 * @param input x, any shape, f32 or f64.
 * @param other y, in the shape and dtype of x.
 * @param target -1 or 1, in the shape and dtype of x.
 * @param options Default margin 0.
 * @returns A scalar, or with reduction 'none' the shape of x.
 * @throws ShapeError, DTypeError; ArgumentError for a target that is neither -1 nor 1, in compiled
 *   functions when they are called.
 *
 * @example
 * marginRankingLoss(tensor([3, 1]), tensor([2, 2]), tensor([1, 1])).item(); // 0.5
 */
export function marginRankingLoss(
  input: Tensor,
  other: Tensor,
  target: Tensor,
  { margin = 0, reduction }: MarginOptions = {},
): Tensor {
  const op = 'marginRankingLoss';
  requireMargin(op, margin);
  requireAlike(op, { input, other });
  return elementLoss(op, input, target, { reduction, targets: SIGNS }, () =>
    target.mul(other.sub(input)).add(margin).relu(),
  );
}

/**
 * Asks distances to be small between like samples, and at least a margin between others: ℓ = x for
 * t = 1, max(0, m - x) for t = -1. The gradient at the kink is 0.
 *
 * @param input Distances of any shape, f32 or f64.
 * @param target -1 or 1, in the shape and dtype of the input.
 * @param options Default margin 1.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError; ArgumentError for a target that is neither -1 nor 1, in compiled
 *   functions when they are called.
 *
 * @example
 * hingeEmbeddingLoss(tensor([0.5, 0.2]), tensor([1, -1]), { reduction: 'none' }); // [0.5, 0.8]
 */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Tensor,
  { margin = 1, reduction }: MarginOptions = {},
): Tensor {
  const op = 'hingeEmbeddingLoss';
  requireMargin(op, margin);
  return elementLoss(op, input, target, { reduction, targets: SIGNS }, () =>
    where(target.eq(1), input, input.neg().add(margin).relu()),
  );
}

function requireMargin(op: string, margin: number): void {
  requireOption(op, 'margin', margin, Number.isFinite(margin), 'a finite number');
}
