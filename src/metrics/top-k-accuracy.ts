import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { checkSamples, classNumbersOf, matrixOf, weightsOf } from './inputs.js';
import type { Rows, SampleOptions, StreamingMetric, Values } from './metric.js';

/** Options of `TopKAccuracy`. */
export interface TopKOptions {
  /** How many classes may be named; default 2. */
  k?: number;
}

/**
 * The share of samples whose class is among the k with the highest scores.
 *
 * Of classes with equal scores the lower number comes first, as with `argmax`; scikit-learn takes the
 * higher. With k of at least C it is 1.
 *
 * @example
 * const top = new TopKAccuracy({ k: 2 });
 * top.update([0, 2], [[0.3, 0.4, 0.3], [0.5, 0.4, 0.1]]).compute(); // 0.5
 */
export class TopKAccuracy implements StreamingMetric<number> {
  private readonly k: number;
  private hits = 0;
  private weight = 0;
  private samples = 0;

  constructor({ k = 2 }: TopKOptions = {}) {
    if (!Number.isInteger(k) || k < 1) {
      throw new ArgumentError(`top-k accuracy: k is ${k}; give an integer of at least 1.`);
    }
    this.k = k;
  }

  /**
   * Takes samples in.
   *
   * @param labels the right classes, [N], from 0.
   * @param scores [N, C], logits or probabilities.
   * @throws ShapeError for shapes that do not fit, IndexError for a label of C or more, ArgumentError
   *   for a score that is NaN.
   */
  update(labels: Values, scores: Rows, options: SampleOptions = {}): this {
    const op = 'top-k accuracy';
    const { values, rows, columns } = matrixOf(op, 'scores', scores);
    const named = { name: 'labels', values: labels };
    const { values: classes } = classNumbersOf(op, named, columns, 'give a score for each class');
    if (classes.length !== rows) {
      throw new ShapeError(
        `${op}: there are ${classes.length} labels and scores of ${rows} samples; give as many of both.`,
      );
    }
    const weights = weightsOf(op, options.sampleWeight, rows);
    for (let i = 0; i < values.length; i++) {
      if (!Number.isNaN(values[i])) continue;
      throw new ArgumentError(`${op}: scores[${Math.floor(i / columns)}] has a NaN; give numbers.`);
    }
    for (let i = 0; i < rows; i++) {
      const w = weights === undefined ? 1 : weights[i]!;
      if (rankIn(values, i * columns, columns, classes[i]!) < this.k) this.hits += w;
      this.weight += w;
    }
    this.samples += rows;
    return this;
  }

  /**
   * The share over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    checkSamples('top-k accuracy', this.samples, this.weight);
    return this.hits / this.weight;
  }

  reset(): void {
    this.hits = 0;
    this.weight = 0;
    this.samples = 0;
  }
}

/** How many classes come before class `c` in the row that starts at `start`. */
function rankIn(scores: ArrayLike<number>, start: number, columns: number, c: number): number {
  const own = scores[start + c]!;
  let before = 0;
  for (let other = 0; other < columns; other++) {
    const score = scores[start + other]!;
    if (score > own || (score === own && other < c)) before++;
  }
  return before;
}

/**
 * The share of samples whose class is among the k with the highest scores; see `TopKAccuracy`.
 *
 * @param labels the right classes, [N], from 0.
 * @param scores [N, C], logits or probabilities.
 * @throws as `TopKAccuracy`.
 * @example
 * topKAccuracyScore([0, 2], [[0.3, 0.4, 0.3], [0.5, 0.4, 0.1]], { k: 2 }); // 0.5
 */
export function topKAccuracyScore(
  labels: Values,
  scores: Rows,
  options: TopKOptions & SampleOptions = {},
): number {
  return new TopKAccuracy(options).update(labels, scores, options).compute();
}
