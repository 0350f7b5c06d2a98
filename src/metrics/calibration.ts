import { ArgumentError } from '../engine/core/errors.js';
import { checkSamples, weightsOf } from './inputs.js';
import type { Rows, SampleOptions, StreamingMetric, Values } from './metric.js';
import { judgedOf } from './probabilities.js';
import { quantileOf } from './quantile.js';

/** Options of `calibrationCurve`. */
export interface CalibrationCurveOptions {
  /** Number of bins; default 5. */
  nBins?: number;
  /** Bins of the same width, the default, or with as many samples each. */
  strategy?: 'uniform' | 'quantile';
}

/** What is promised and what comes, bin by bin; bins without samples are left out. */
export interface CalibrationCurve {
  /** The share of samples of class 1. */
  readonly probTrue: number[];
  /** The mean probability of class 1 that was given. */
  readonly probPred: number[];
  /** Number of samples. */
  readonly counts: number[];
}

/**
 * How often class 1 occurs where a model gives it about a certain probability: of a well calibrated
 * model, as often as it says. A bin is open at its lower edge and closed at its upper; the first holds 0
 * too.
 *
 * @param labels [N], 0 or 1.
 * @param probabilities of class 1, [N].
 * @throws as `logLoss`; ArgumentError where there are no samples.
 * @example
 * const { probTrue } = calibrationCurve([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9], { nBins: 2 });
 * probTrue; // [0, 1]
 */
export function calibrationCurve(
  labels: Values,
  probabilities: Values,
  options: CalibrationCurveOptions = {},
): CalibrationCurve {
  const op = 'calibration curve';
  const { nBins = 5, strategy = 'uniform' } = options;
  checkBins(op, nBins);
  if (strategy !== 'uniform' && strategy !== 'quantile') {
    throw new ArgumentError(
      `${op}: strategy is '${String(strategy)}'; give 'uniform' or 'quantile'.`,
    );
  }
  const { labels: classes, values, rows } = judgedOf(op, labels, probabilities);
  checkSamples(op, rows, rows);
  const inner = strategy === 'uniform' ? evenEdges(nBins) : quantiles(values, nBins);
  const bins = new Bins(nBins, inner);
  for (let i = 0; i < rows; i++) bins.add(values[i]!, classes[i]!, 1);
  const used = bins.used();
  return {
    probTrue: used.map((b) => b.correct / b.weight),
    probPred: used.map((b) => b.confidence / b.weight),
    counts: used.map((b) => b.weight),
  };
}

/** Upper edges of all bins but the last. */
function evenEdges(nBins: number): number[] {
  return Array.from({ length: nBins - 1 }, (_, i) => (i + 1) / nBins);
}

/** The same of bins with as many values each. */
function quantiles(values: ArrayLike<number>, nBins: number): number[] {
  const sorted = new Float64Array(values).sort();
  return evenEdges(nBins).map((level) => quantileOf(sorted, level));
}

interface Bin {
  readonly weight: number;
  readonly confidence: number;
  readonly correct: number;
}

/** Sums of what falls between edges. */
class Bins {
  private readonly weight: Float64Array;
  private readonly confidence: Float64Array;
  private readonly correct: Float64Array;

  constructor(
    nBins: number,
    private readonly inner: readonly number[],
  ) {
    this.weight = new Float64Array(nBins);
    this.confidence = new Float64Array(nBins);
    this.correct = new Float64Array(nBins);
  }

  add(confidence: number, isCorrect: number, w: number): void {
    const { inner } = this;
    let [low, high] = [0, inner.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (inner[middle]! < confidence) low = middle + 1;
      else high = middle;
    }
    this.weight[low]! += w;
    this.confidence[low]! += w * confidence;
    this.correct[low]! += w * isCorrect;
  }

  used(): Bin[] {
    return Array.from(this.weight, (weight, b) => ({
      weight,
      confidence: this.confidence[b]!,
      correct: this.correct[b]!,
    })).filter(({ weight }) => weight > 0);
  }
}

/** Options of `CalibrationError`. */
export interface CalibrationErrorOptions {
  /** Number of bins of the same width; default 15. */
  nBins?: number;
  /**
   * 'l1', the default, is the expected calibration error, 'l2' the root of the mean of its squares, and
   * 'max' the greatest of a bin.
   */
  norm?: 'l1' | 'l2' | 'max';
}

/**
 * How far confidence and accuracy are apart, bin by bin: ECE = Σ_b n_b / N · |acc_b − conf_b|.
 *
 * Of probabilities of all classes, [N, C], the confidence is the highest of a row (of equal ones, the
 * first) and accuracy whether that class is right. Of probabilities of class 1, [N], they are compared
 * with how often class 1 occurs.
 *
 * @example
 * const ece = new CalibrationError({ nBins: 2 });
 * ece.update([0, 1, 1, 1], [0.2, 0.4, 0.8, 0.8]).compute(); // 0.2
 * @see Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 */
export class CalibrationError implements StreamingMetric<number> {
  private readonly nBins: number;
  private readonly norm: 'l1' | 'l2' | 'max';
  private bins: Bins;
  private samples = 0;
  private weight = 0;

  constructor({ nBins = 15, norm = 'l1' }: CalibrationErrorOptions = {}) {
    checkBins(OP, nBins);
    if (!['l1', 'l2', 'max'].includes(norm)) {
      throw new ArgumentError(`${OP}: norm is '${String(norm)}'; give 'l1', 'l2' or 'max'.`);
    }
    this.nBins = nBins;
    this.norm = norm;
    this.bins = new Bins(nBins, evenEdges(nBins));
  }

  /**
   * Takes samples in.
   *
   * @param labels the right classes, [N], from 0.
   * @param probabilities of class 1, [N], or of all classes, [N, C].
   * @throws ShapeError for lengths that differ, IndexError for a label without a probability,
   *   ArgumentError for what is outside of [0, 1] and for rows that do not sum to 1; nothing is taken in
   *   then.
   */
  update(labels: Values, probabilities: Values | Rows, options: SampleOptions = {}): this {
    const judged = judgedOf(OP, labels, probabilities);
    const { labels: classes, values, rows, columns } = judged;
    const weights = weightsOf(OP, options.sampleWeight, rows);
    for (let i = 0; i < rows; i++) {
      const w = weights === undefined ? 1 : weights[i]!;
      this.weight += w;
      if (columns === 1) {
        this.bins.add(values[i]!, classes[i]!, w);
        continue;
      }
      let best = 0;
      for (let c = 1; c < columns; c++) {
        if (values[i * columns + c]! > values[i * columns + best]!) best = c;
      }
      this.bins.add(values[i * columns + best]!, classes[i] === best ? 1 : 0, w);
    }
    this.samples += rows;
    return this;
  }

  /**
   * The error over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    checkSamples(OP, this.samples, this.weight);
    const gaps = this.bins.used().map(({ weight, confidence, correct }) => ({
      share: weight / this.weight,
      gap: Math.abs(correct - confidence) / weight,
    }));
    switch (this.norm) {
      case 'l1':
        return gaps.reduce((sum, { share, gap }) => sum + share * gap, 0);
      case 'l2':
        return Math.sqrt(gaps.reduce((sum, { share, gap }) => sum + share * gap * gap, 0));
      case 'max':
        return gaps.reduce((most, { gap }) => Math.max(most, gap), 0);
    }
  }

  reset(): void {
    this.bins = new Bins(this.nBins, evenEdges(this.nBins));
    this.samples = 0;
    this.weight = 0;
  }
}

const OP = 'calibration error';

function checkBins(op: string, nBins: number): void {
  if (Number.isInteger(nBins) && nBins >= 1 && nBins <= 2 ** 24) return;
  throw new ArgumentError(`${op}: nBins is ${nBins}; give an integer from 1 to 2^24.`);
}

/**
 * How far confidence and accuracy are apart; see `CalibrationError`.
 *
 * @param labels the right classes, [N], from 0.
 * @param probabilities of class 1, [N], or of all classes, [N, C].
 * @throws as `CalibrationError`.
 * @example
 * calibrationError([0, 1, 1, 1], [0.2, 0.4, 0.8, 0.8], { nBins: 2 }); // 0.2
 */
export function calibrationError(
  labels: Values,
  probabilities: Values | Rows,
  options: CalibrationErrorOptions & SampleOptions = {},
): number {
  return new CalibrationError(options).update(labels, probabilities, options).compute();
}
