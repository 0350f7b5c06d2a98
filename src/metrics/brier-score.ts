import { weightsOf } from './inputs.js';
import { MeanMetric } from './mean-metric.js';
import type { Rows, SampleOptions, Values } from './metric.js';
import { judgedOf } from './probabilities.js';

/** Options of `BrierScore`. */
export interface BrierOptions {
  /**
   * Halves it, so that it lies in [0, 1] and not in [0, 2]; the default is true for two classes and
   * false for more, as is usual for each.
   */
  scaleByHalf?: boolean;
}

/**
 * The mean squared distance of probabilities from the truth: Σ_c (p_c − [y = c])², for two classes the
 * half of it, (p₁ − y)². Lower is better.
 *
 * @example
 * const brier = new BrierScore();
 * brier.update([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]).compute(); // 0.0375
 * @see Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78,
 *   1950.
 */
export class BrierScore extends MeanMetric {
  private readonly scaleByHalf: boolean | undefined;

  constructor(options: BrierOptions = {}) {
    super('Brier score');
    this.scaleByHalf = options.scaleByHalf;
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
    const judged = judgedOf(this.op, labels, probabilities);
    const { labels: classes, values, rows, columns } = judged;
    const weights = weightsOf(this.op, options.sampleWeight, rows);
    const factor = (this.scaleByHalf ?? columns < 3) ? 0.5 : 1;
    this.add(rows, weights, (i) => {
      if (columns === 1) return 2 * factor * (values[i]! - classes[i]!) ** 2;
      let sum = 0;
      for (let c = 0; c < columns; c++) {
        sum += (values[i * columns + c]! - (classes[i] === c ? 1 : 0)) ** 2;
      }
      return factor * sum;
    });
    return this;
  }
}

/**
 * The mean squared distance of probabilities from the truth; see `BrierScore`.
 *
 * @param labels the right classes, [N], from 0.
 * @param probabilities of class 1, [N], or of all classes, [N, C].
 * @throws as `BrierScore`.
 * @example
 * brierScoreLoss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]); // 0.0375
 */
export function brierScoreLoss(
  labels: Values,
  probabilities: Values | Rows,
  options: BrierOptions & SampleOptions = {},
): number {
  return new BrierScore(options).update(labels, probabilities, options).compute();
}
