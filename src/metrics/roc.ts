import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { checkFinite, valuesOf } from './inputs.js';
import type { Rows, SampleOptions, Values } from './metric.js';
import { binaryCounts, ScoreMetric, type OneVsRestOptions } from './score-samples.js';
import type { ThresholdCounts } from './threshold-counts.js';

/** Options of `rocCurve`. */
export interface RocCurveOptions extends SampleOptions {
  /** The class that the scores are of; default 1. */
  posLabel?: 0 | 1;
  /** Leaves out points between others on one line, which a picture does not need; default true. */
  dropIntermediate?: boolean;
}

/** Points of a receiver operating characteristic, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** Share of the negative samples that count as positive. */
  readonly fpr: Float64Array;
  /** Share of the positive samples that are found. */
  readonly tpr: Float64Array;
  /** Scores from which on a sample counts as positive, descending; the first is ∞. */
  readonly thresholds: Float64Array;
}

/**
 * How many positive samples are found for how many false alarms, threshold by threshold.
 *
 * Without negative samples all of `fpr` is NaN, without positive ones all of `tpr`, as in scikit-learn.
 *
 * @param labels [N], 0 or 1.
 * @param scores [N], higher where class `posLabel` is more likely.
 * @throws ShapeError for lengths that differ, IndexError for other labels, ArgumentError for scores that
 *   are not finite and where there are no samples.
 * @example
 * const { fpr, tpr } = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
 * tpr; // [0, 0.5, 0.5, 1, 1]
 * @see Fawcett, "An Introduction to ROC Analysis", Pattern Recognition Letters 27(8), 2006.
 */
export function rocCurve(labels: Values, scores: Values, options: RocCurveOptions = {}): RocCurve {
  const counts = binaryCounts('ROC curve', labels, scores, options);
  const { truePositives, falsePositives, thresholds } = counts;
  const kept = options.dropIntermediate === false ? undefined : corners(counts);
  const points = (all: Float64Array): Float64Array =>
    kept === undefined ? all : Float64Array.from(kept, (i) => all[i]!);
  return {
    fpr: shares(after(0, points(falsePositives))),
    tpr: shares(after(0, points(truePositives))),
    thresholds: after(Infinity, points(thresholds)),
  };
}

/** Where the curve may change its direction; a few points too many do no harm. */
function corners({ truePositives, falsePositives }: ThresholdCounts): Int32Array {
  const last = truePositives.length - 1;
  const bends = (a: Float64Array, i: number): boolean => a[i + 1]! - a[i]! !== a[i]! - a[i - 1]!;
  return Int32Array.from(truePositives.keys()).filter(
    (i) => i === 0 || i === last || bends(falsePositives, i) || bends(truePositives, i),
  );
}

function shares(counts: Float64Array): Float64Array {
  const all = counts.at(-1)!;
  return counts.map((n) => n / all);
}

function after(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

/**
 * The area under a curve by the trapezoidal rule: Σ (xᵢ₊₁ − xᵢ) (yᵢ₊₁ + yᵢ) / 2.
 *
 * @param x [N], which only rises or only falls; the area counts as positive either way.
 * @param y [N].
 * @throws ShapeError for lengths that differ, ArgumentError for fewer than two points, for values that
 *   are not finite and for `x` that turns.
 * @example
 * auc([0, 0.5, 1], [0, 1, 1]); // 0.75
 */
export function auc(x: Values, y: Values): number {
  const [xs, ys] = [valuesOf(x), valuesOf(y)];
  const n = xs.length;
  if (n !== ys.length) {
    throw new ShapeError(`auc: x has ${n} values and y ${ys.length}; give as many of both.`);
  }
  if (n < 2) throw new ArgumentError(`auc: there are ${n} points; give at least two.`);
  checkFinite('auc', 'x', xs);
  checkFinite('auc', 'y', ys);
  let [area, rises, falls] = [0, false, false];
  for (let i = 1; i < n; i++) {
    const step = xs[i]! - xs[i - 1]!;
    rises ||= step > 0;
    falls ||= step < 0;
    if (rises && falls) {
      throw new ArgumentError(`auc: x turns at ${xs[i - 1]} and ${xs[i]}; sort the points by x.`);
    }
    area += (step * (ys[i]! + ys[i - 1]!)) / 2;
  }
  return falls ? -area : area;
}

/**
 * The area under the receiver operating characteristic: the probability that a positive sample has a
 * higher score than a negative one, equal scores counting half.
 *
 * Scores of several classes are judged class by class, each against the rest. It keeps all samples. Where
 * a class has no samples, or there are no others, its area is undefined and NaN, as in scikit-learn; it
 * makes the 'macro' average NaN.
 *
 * @example
 * const area = new RocAuc();
 * area.update([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).compute(); // 0.75
 * @see Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve", Radiology 143, 1982.
 */
export class RocAuc extends ScoreMetric {
  constructor(options: OneVsRestOptions = {}) {
    super('ROC AUC', options);
  }

  protected override figureOf({ truePositives, falsePositives }: ThresholdCounts): number {
    const [positives, negatives] = [truePositives.at(-1)!, falsePositives.at(-1)!];
    if (positives === 0 || negatives === 0) return NaN;
    let [area, before, found] = [0, 0, 0];
    for (let i = 0; i < truePositives.length; i++) {
      area += ((falsePositives[i]! - before) * (truePositives[i]! + found)) / 2;
      before = falsePositives[i]!;
      found = truePositives[i]!;
    }
    return area / positives / negatives;
  }
}

/**
 * The area under the receiver operating characteristic; see `RocAuc`.
 *
 * @param labels the right classes, [N], from 0.
 * @param scores of class `posLabel`, [N], where there are two classes; else of all, [N, C].
 * @throws as `RocAuc`.
 * @example
 * rocAucScore([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function rocAucScore(
  labels: Values,
  scores: Values | Rows,
  options: OneVsRestOptions & SampleOptions = {},
): number {
  return new RocAuc(options).update(labels, scores, options).compute();
}
