import { ArgumentError } from '../engine/core/errors.js';
import type { AverageOptions } from './averaging.js';
import type { SampleOptions, Values } from './metric.js';
import { RatioMetric } from './ratio-metric.js';

/**
 * Of the samples that are given a class, the share that has it: TP / (TP + FP).
 *
 * @example
 * const precision = new Precision({ average: 'macro' });
 * precision.update([0, 1, 1, 2], [0, 1, 2, 2]).compute(); // 0.8333…
 * precision.perClass(); // [1, 1, 0.5]
 */
export class Precision extends RatioMetric {
  constructor(options: AverageOptions = {}) {
    super('precision', options);
  }

  protected override ratio(hits: number, _labelled: number, predicted: number): [number, number] {
    return [hits, predicted];
  }
}

/**
 * Of the samples of a class, the share that is found: TP / (TP + FN); also called sensitivity.
 *
 * @example
 * const recall = new Recall({ average: 'macro' });
 * recall.update([0, 1, 1, 2], [0, 1, 2, 2]).compute(); // 0.8333…
 */
export class Recall extends RatioMetric {
  constructor(options: AverageOptions = {}) {
    super('recall', options);
  }

  protected override ratio(hits: number, labelled: number): [number, number] {
    return [hits, labelled];
  }
}

/** Options of `FBeta`. */
export interface FBetaOptions extends AverageOptions {
  /** How many times as important as precision recall is; 0 is precision alone. */
  beta: number;
}

/**
 * The harmonic mean of precision and recall, recall counting β times as much:
 * F = (1 + β²) TP / ((1 + β²) TP + FP + β² FN).
 *
 * @example
 * const fbeta = new FBeta({ beta: 2 });
 * fbeta.update([0, 1, 1, 1], [0, 1, 1, 0]).compute(); // 0.7142…
 * @see van Rijsbergen, "Information Retrieval", 2nd edition, 1979.
 */
export class FBeta extends RatioMetric {
  private readonly beta2: number;

  constructor(options: FBetaOptions) {
    const { beta } = options;
    super('F-beta', options);
    checkBeta('F-beta', beta);
    this.beta2 = beta * beta;
  }

  protected override ratio(hits: number, labelled: number, predicted: number): [number, number] {
    return [(1 + this.beta2) * hits, this.beta2 * labelled + predicted];
  }
}

export function checkBeta(op: string, beta: number): void {
  if (beta >= 0 && beta < Infinity) return;
  throw new ArgumentError(`${op}: beta is ${beta}; give a finite number that is not negative.`);
}

/**
 * The harmonic mean of precision and recall: F₁ = 2 TP / (2 TP + FP + FN).
 *
 * @example
 * const f1 = new F1();
 * f1.update([0, 1, 1, 1], [0, 1, 1, 0]).compute(); // 0.8
 */
export class F1 extends FBeta {
  constructor(options: AverageOptions = {}) {
    super({ ...options, beta: 1 });
  }
}

/**
 * Of the samples that are given a class, the share that has it; see `Precision`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `Precision`.
 * @example
 * precisionScore([0, 1, 1, 1], [0, 1, 1, 0]); // 1
 */
export function precisionScore(
  labels: Values,
  predictions: Values,
  options: AverageOptions & SampleOptions = {},
): number {
  return new Precision(options).update(labels, predictions, options).compute();
}

/**
 * Of the samples of a class, the share that is found; see `Recall`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `Recall`.
 * @example
 * recallScore([0, 1, 1, 1], [0, 1, 1, 0]); // 0.6666…
 */
export function recallScore(
  labels: Values,
  predictions: Values,
  options: AverageOptions & SampleOptions = {},
): number {
  return new Recall(options).update(labels, predictions, options).compute();
}

/**
 * The harmonic mean of precision and recall, recall counting β times as much; see `FBeta`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `FBeta`.
 * @example
 * fbetaScore([0, 1, 1, 1], [0, 1, 1, 0], { beta: 2 }); // 0.7142…
 */
export function fbetaScore(
  labels: Values,
  predictions: Values,
  options: FBetaOptions & SampleOptions,
): number {
  return new FBeta(options).update(labels, predictions, options).compute();
}

/**
 * The harmonic mean of precision and recall; see `F1`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `F1`.
 * @example
 * f1Score([0, 1, 1, 1], [0, 1, 1, 0]); // 0.8
 */
export function f1Score(
  labels: Values,
  predictions: Values,
  options: AverageOptions & SampleOptions = {},
): number {
  return new F1(options).update(labels, predictions, options).compute();
}
