import { ArgumentError } from '../engine/core/errors.js';
import type { ClassOptions } from './class-counts.js';
import { ClassPairs } from './class-pairs.js';
import type { SampleOptions, StreamingMetric, Values } from './metric.js';

/** Options of `ConfusionMatrix`. */
export interface ConfusionMatrixOptions extends ClassOptions {
  /**
   * What sums to 1: 'true' each row, the samples of a class; 'pred' each column, what was given a
   * class; 'all' the whole. The default is numbers of samples.
   */
  normalize?: 'true' | 'pred' | 'all';
}

/**
 * How often each class is taken for each: `compute()[label][prediction]` is a number of samples, or the
 * sum of their weights.
 *
 * Class numbers are indices, so a class that does not occur has a row and a column of zeros. Where
 * normalizing would divide by zero there are zeros too.
 *
 * @example
 * const matrix = new ConfusionMatrix({ classes: 3 });
 * matrix.update([0, 0, 1, 2], [0, 1, 1, 0]).compute(); // [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
 */
export class ConfusionMatrix implements StreamingMetric<number[][]> {
  private readonly normalize: ConfusionMatrixOptions['normalize'];
  private readonly pairs: ClassPairs;

  constructor(options: ConfusionMatrixOptions = {}) {
    const { classes, normalize } = options;
    if (normalize !== undefined && !['true', 'pred', 'all'].includes(normalize)) {
      throw new ArgumentError(
        `confusion matrix: normalize is '${String(normalize)}'; give 'true', 'pred' or 'all'.`,
      );
    }
    this.pairs = new ClassPairs('confusion matrix', classes);
    this.normalize = normalize;
  }

  /**
   * Takes samples in.
   *
   * @param labels the right classes, [N] or any shape, from 0.
   * @param predictions the classes that a model gives, in the same shape.
   * @throws ShapeError for lengths that differ, IndexError for what is no class number; nothing is
   *   taken in then.
   */
  update(labels: Values, predictions: Values, options: SampleOptions = {}): this {
    this.pairs.add(labels, predictions, options.sampleWeight);
    return this;
  }

  /**
   * The matrix over all samples since the last `reset`, [C, C].
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number[][] {
    const total = this.pairs.total();
    const rows = this.pairs.matrix();
    const share = (n: number, of: number): number => (of === 0 ? 0 : n / of);
    switch (this.normalize) {
      case undefined:
        return rows;
      case 'true':
        return rows.map((row) => row.map((n) => share(n, sumOf(row))));
      case 'pred': {
        const columns = rows.map((_, c) => sumOf(rows.map((row) => row[c]!)));
        return rows.map((row) => row.map((n, c) => share(n, columns[c]!)));
      }
      case 'all':
        return rows.map((row) => row.map((n) => n / total));
    }
  }

  reset(): void {
    this.pairs.clear();
  }
}

function sumOf(row: readonly number[]): number {
  return row.reduce((sum, n) => sum + n, 0);
}

/**
 * How often each class is taken for each, `[label][prediction]`; see `ConfusionMatrix`.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws as `ConfusionMatrix`.
 * @example
 * confusionMatrix([0, 0, 1, 2], [0, 1, 1, 0]); // [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
 */
export function confusionMatrix(
  labels: Values,
  predictions: Values,
  options: ConfusionMatrixOptions & SampleOptions = {},
): number[][] {
  return new ConfusionMatrix(options).update(labels, predictions, options).compute();
}
