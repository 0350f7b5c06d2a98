import { ArgumentError } from '../engine/core/errors.js';
import type { LearningCurvePoint } from './learning-curve.js';
import { change, short } from './plain-numbers.js';

/** Options of `learningCurveReport`. */
export interface LearningCurveReportOptions {
  /** Relative changes of a loss below it count as none. Default 0.03. */
  readonly tolerance?: number;
  /** A validation loss above the training loss by more than this share is a large gap. Default 0.25. */
  readonly largeGap?: number;
}

/** What learning curves say. */
export interface LearningCurveReport {
  /** The validation loss still fell from the second largest part to the largest. */
  readonly moreDataHelps: boolean;
  /** Validation less training loss with the largest part. */
  readonly gap: number;
  /** The numbers and what to do, in some sentences. */
  readonly text: string;
}

/**
 * Says in plain words whether more data would help, or another model, from the two largest parts of
 * learning curves.
 *
 * @throws ArgumentError for fewer than two points.
 *
 * @example
 * const point = (size: number, train: number, validation: number) => ({
 *   size,
 *   train: { loss: train },
 *   validation: { loss: validation },
 *   runs: [],
 * });
 * learningCurveReport([point(100, 0.1, 1), point(200, 0.2, 0.7)]).moreDataHelps; // true
 */
export function learningCurveReport(
  points: readonly LearningCurvePoint[],
  { tolerance = 0.03, largeGap = 0.25 }: LearningCurveReportOptions = {},
): LearningCurveReport {
  const [before, last] = points.slice(-2);
  if (!before || !last) {
    throw new ArgumentError(
      `learningCurveReport: there is ${points.length === 0 ? 'no point' : 'one point'}; give at ` +
        'least two, of different sizes.',
    );
  }
  const fall = -change(before.validation.loss, last.validation.loss);
  const moreDataHelps = fall > tolerance;
  const isLarge = change(last.train.loss, last.validation.loss) > largeGap;
  return {
    moreDataHelps,
    gap: last.validation.loss - last.train.loss,
    text:
      `With ${last.size} samples the loss is ${short(last.train.loss)} in training and ` +
      `${short(last.validation.loss)} in validation. ` +
      (moreDataHelps
        ? `From ${before.size} samples on the validation loss fell by ${Math.round(100 * fall)}%: ` +
          'more data would help. '
        : `With ${before.size} samples it was about the same: more data of this kind would help ` +
          'little. ') +
      (isLarge
        ? 'The gap is large: the model over-fits. Regularise it, or make it smaller.'
        : 'The gap is small: if that is not good enough, the model under-fits. Make it larger.'),
  };
}
