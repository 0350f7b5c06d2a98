import { weightsOf } from './inputs.js';
import { MeanMetric } from './mean-metric.js';
import type { Rows, SampleOptions, Values } from './metric.js';
import { judgedOf } from './probabilities.js';

/**
 * The mean of −log p over the samples, p being the probability that is given to the right class: the
 * cross-entropy, in nats.
 *
 * Probabilities are clipped to [ε, 1 − ε], ε = 2⁻²³ for f32 and 2⁻⁵² otherwise, as in scikit-learn: one
 * sample that is given 0 does not make all infinite.
 *
 * @example
 * const loss = new LogLoss();
 * loss.update([0, 2], [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]).compute(); // 0.6931…
 */
export class LogLoss extends MeanMetric {
  constructor() {
    super('log loss');
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
    const { labels: classes, values, rows, columns, epsilon } = judged;
    const weights = weightsOf(this.op, options.sampleWeight, rows);
    this.add(rows, weights, (i) => {
      const p = columns === 1 ? values[i]! : values[i * columns + classes[i]!]!;
      const clipped = Math.min(Math.max(p, epsilon), 1 - epsilon);
      return columns === 1 && classes[i] === 0 ? -Math.log1p(-clipped) : -Math.log(clipped);
    });
    return this;
  }
}

/**
 * The mean of −log p over the samples; see `LogLoss`.
 *
 * @param labels the right classes, [N], from 0.
 * @param probabilities of class 1, [N], or of all classes, [N, C].
 * @throws as `LogLoss`.
 * @example
 * logLoss([0, 1], [0.5, 0.5]); // 0.6931…
 */
export function logLoss(
  labels: Values,
  probabilities: Values | Rows,
  options: SampleOptions = {},
): number {
  return new LogLoss().update(labels, probabilities, options).compute();
}
