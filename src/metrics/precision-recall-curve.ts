import type { Rows, SampleOptions, Values } from './metric.js';
import { binaryCounts, ScoreMetric, type OneVsRestOptions } from './score-samples.js';
import type { ThresholdCounts } from './threshold-counts.js';

/** Options of `precisionRecallCurve`. */
export interface PrecisionRecallCurveOptions extends SampleOptions {
  /** The class that the scores are of; default 1. */
  posLabel?: 0 | 1;
}

/** Precision and recall by thresholds, and a last point (1, 0) without one. */
export interface PrecisionRecallCurve {
  readonly precision: Float64Array;
  /** Falls. */
  readonly recall: Float64Array;
  /** Scores from which on a sample counts as positive, ascending; one fewer than points. */
  readonly thresholds: Float64Array;
}

/**
 * What is right of what is found, and what is found of what there is, threshold by threshold.
 *
 * Without positive samples recall is 1 at all thresholds, as in scikit-learn.
 *
 * @param labels [N], 0 or 1.
 * @param scores [N], higher where class `posLabel` is more likely.
 * @throws ShapeError for lengths that differ, IndexError for other labels, ArgumentError for scores that
 *   are not finite and where there are no samples.
 * @example
 * const { precision, recall } = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * recall; // [1, 1, 0.5, 0.5, 0]
 */
export function precisionRecallCurve(
  labels: Values,
  scores: Values,
  options: PrecisionRecallCurveOptions = {},
): PrecisionRecallCurve {
  const counts = binaryCounts('precision-recall curve', labels, scores, options);
  const { truePositives, falsePositives, thresholds } = counts;
  const n = thresholds.length;
  const positives = truePositives[n - 1]!;
  const [precision, recall] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  precision[n] = 1;
  for (let i = 0; i < n; i++) {
    const found = truePositives[i]!;
    precision[n - 1 - i] = found / (found + falsePositives[i]!);
    recall[n - 1 - i] = positives === 0 ? 1 : found / positives;
  }
  return { precision, recall, thresholds: thresholds.reverse() };
}

/**
 * The mean of the precision at each threshold, weighted by the recall that is gained there:
 * AP = Σ (Rₙ − Rₙ₋₁) Pₙ. Unlike the area under the line through the points it is not too good.
 *
 * Scores of several classes are judged class by class, each against the rest. It keeps all samples. The
 * average precision of a class without samples is 0, as in scikit-learn.
 *
 * @example
 * const ap = new AveragePrecision();
 * ap.update([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).compute(); // 0.8333…
 * @see Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves", ICML 2006.
 */
export class AveragePrecision extends ScoreMetric {
  constructor(options: OneVsRestOptions = {}) {
    super('average precision', options);
  }

  protected override figureOf({ truePositives, falsePositives }: ThresholdCounts): number {
    const positives = truePositives.at(-1)!;
    if (positives === 0) return 0;
    let [sum, before] = [0, 0];
    for (const [i, found] of truePositives.entries()) {
      sum += ((found - before) * found) / (found + falsePositives[i]!);
      before = found;
    }
    return sum / positives;
  }
}

/**
 * The mean of the precision at each threshold, weighted by the recall gained; see `AveragePrecision`.
 *
 * @param labels the right classes, [N], from 0.
 * @param scores of class `posLabel`, [N], where there are two classes; else of all, [N, C].
 * @throws as `AveragePrecision`.
 * @example
 * averagePrecisionScore([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333…
 */
export function averagePrecisionScore(
  labels: Values,
  scores: Values | Rows,
  options: OneVsRestOptions & SampleOptions = {},
): number {
  return new AveragePrecision(options).update(labels, scores, options).compute();
}
