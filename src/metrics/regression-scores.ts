import type { SampleOptions, Values } from './metric.js';
import {
  ExplainedVariance,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  R2Score,
  RootMeanSquaredError,
} from './regression.js';

/**
 * The mean of |y − ŷ|; see `MeanAbsoluteError`.
 *
 * @param targets what is right, [N] or any shape.
 * @param predictions what a model says, in the same shape.
 * @throws as `MeanAbsoluteError`.
 * @example
 * meanAbsoluteError([3, -0.5, 2], [2.5, 0, 2]); // 0.3333…
 */
export function meanAbsoluteError(
  targets: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new MeanAbsoluteError().update(targets, predictions, options).compute();
}

/**
 * The mean of (y − ŷ)²; see `MeanSquaredError`.
 *
 * @param targets what is right, [N] or any shape.
 * @param predictions what a model says, in the same shape.
 * @throws as `MeanSquaredError`.
 * @example
 * meanSquaredError([3, -0.5, 2], [2.5, 0, 2]); // 0.1666…
 */
export function meanSquaredError(
  targets: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new MeanSquaredError().update(targets, predictions, options).compute();
}

/**
 * The root of the mean of (y − ŷ)²; see `RootMeanSquaredError`.
 *
 * @param targets what is right, [N] or any shape.
 * @param predictions what a model says, in the same shape.
 * @throws as `RootMeanSquaredError`.
 * @example
 * rootMeanSquaredError([3, -0.5, 2], [2.5, 0, 2]); // 0.4082…
 */
export function rootMeanSquaredError(
  targets: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new RootMeanSquaredError().update(targets, predictions, options).compute();
}

/**
 * The mean of |y − ŷ| / |y|, as a share; see `MeanAbsolutePercentageError`.
 *
 * @param targets what is right, [N] or any shape.
 * @param predictions what a model says, in the same shape.
 * @throws as `MeanAbsolutePercentageError`.
 * @example
 * meanAbsolutePercentageError([10, 20], [9, 24]); // 0.15
 */
export function meanAbsolutePercentageError(
  targets: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new MeanAbsolutePercentageError().update(targets, predictions, options).compute();
}

/**
 * The coefficient of determination, R²; see `R2Score`.
 *
 * @param targets what is right, [N] or [N, 1].
 * @param predictions what a model says, in the same shape.
 * @throws as `R2Score`.
 * @example
 * r2Score([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.9486…
 */
export function r2Score(targets: Values, predictions: Values, options: SampleOptions = {}): number {
  return new R2Score().update(targets, predictions, options).compute();
}

/**
 * The share of the targets' variance that is explained; see `ExplainedVariance`.
 *
 * @param targets what is right, [N] or [N, 1].
 * @param predictions what a model says, in the same shape.
 * @throws as `ExplainedVariance`.
 * @example
 * explainedVarianceScore([1, 2, 3], [2, 3, 4]); // 1
 */
export function explainedVarianceScore(
  targets: Values,
  predictions: Values,
  options: SampleOptions = {},
): number {
  return new ExplainedVariance().update(targets, predictions, options).compute();
}
