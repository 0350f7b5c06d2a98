import { ClassMetric, type ClassOptions } from './class-counts.js';
import type { SampleOptions, Values } from './metric.js';

/**
 * The share of samples that are given the right class: Σ wᵢ [yᵢ = ŷᵢ] / Σ wᵢ.
 *
 * It says little where classes are uneven: with 99% of one class, who always answers that one is right
 * in 99% of cases. See `BalancedAccuracy`.
 *
 * @example
 * const accuracy = new Accuracy();
 * accuracy.update([0, 1, 2], [0, 1, 1]).update([2], [2]);
 * accuracy.compute(); // 0.75
 */
export class Accuracy extends ClassMetric {
  constructor(options: ClassOptions = {}) {
    super('accuracy', options.classes);
  }

  /**
   * The share over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    const total = this.counts.total();
    return this.counts.hits.reduce((sum, n) => sum + n, 0) / total;
  }
}

/**
 * The share of samples that are given the right class; see `Accuracy`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `Accuracy`.
 * @example
 * accuracyScore([0, 1, 2, 2], [0, 1, 1, 2]); // 0.75
 */
export function accuracyScore(
  labels: Values,
  predictions: Values,
  options: ClassOptions & SampleOptions = {},
): number {
  return new Accuracy(options).update(labels, predictions, options).compute();
}

/** Options of `BalancedAccuracy`. */
export interface BalancedAccuracyOptions extends ClassOptions {
  /** Rescales it so that chance is 0 and 1 stays 1: (b − 1/C) / (1 − 1/C); default false. */
  adjusted?: boolean;
}

/**
 * The mean recall over the classes that have samples: each class counts the same, however many samples
 * it has.
 *
 * Of labels of one class alone it is the accuracy, and adjusted it is NaN.
 *
 * @example
 * const balanced = new BalancedAccuracy();
 * balanced.update([0, 0, 0, 1], [0, 0, 0, 0]).compute(); // 0.5
 * @see Brodersen, Ong, Stephan and Buhmann, "The Balanced Accuracy and Its Posterior Distribution",
 *   ICPR 2010.
 */
export class BalancedAccuracy extends ClassMetric {
  private readonly adjusted: boolean;

  constructor(options: BalancedAccuracyOptions = {}) {
    super('balanced accuracy', options.classes);
    this.adjusted = options.adjusted ?? false;
  }

  /**
   * The mean over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    this.counts.total();
    const { hits, labelled } = this.counts;
    const recalls = [...labelled.keys()].flatMap((c) =>
      labelled[c]! > 0 ? [hits[c]! / labelled[c]!] : [],
    );
    const mean = recalls.reduce((sum, r) => sum + r, 0) / recalls.length;
    if (!this.adjusted) return mean;
    const chance = 1 / recalls.length;
    return chance === 1 ? NaN : (mean - chance) / (1 - chance);
  }
}

/**
 * The mean recall over the classes that have samples; see `BalancedAccuracy`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `BalancedAccuracy`.
 * @example
 * balancedAccuracyScore([0, 0, 0, 1], [0, 0, 0, 0]); // 0.5
 */
export function balancedAccuracyScore(
  labels: Values,
  predictions: Values,
  options: BalancedAccuracyOptions & SampleOptions = {},
): number {
  return new BalancedAccuracy(options).update(labels, predictions, options).compute();
}
