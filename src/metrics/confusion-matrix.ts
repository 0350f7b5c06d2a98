import { ArgumentError } from '../engine/core/errors.js';
import {
  checkClasses,
  checkSameLength,
  checkSamples,
  classNumbersOf,
  weightsOf,
} from './inputs.js';
import type { ClassOptions } from './class-counts.js';
import type { SampleOptions, StreamingMetric, Values } from './metric.js';

/** Options of `ConfusionMatrix`. */
export interface ConfusionMatrixOptions extends ClassOptions {
  /**
   * What sums to 1: 'true' each row, the samples of a class; 'pred' each column, what was given a
   * class; 'all' the whole. The default is numbers of samples.
   */
  normalize?: 'true' | 'pred' | 'all';
}

/** A matrix of this many classes has 2^26 cells, half a gigabyte. */
const MOST_CLASSES = 8192;

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
  private readonly classes: number | undefined;
  private readonly normalize: ConfusionMatrixOptions['normalize'];
  private counts: Float64Array<ArrayBuffer>[] = [];
  private samples = 0;
  private weight = 0;

  constructor(options: ConfusionMatrixOptions = {}) {
    const { classes, normalize } = options;
    checkClasses(OP, classes);
    if (normalize !== undefined && !['true', 'pred', 'all'].includes(normalize)) {
      throw new ArgumentError(
        `${OP}: normalize is '${String(normalize)}'; give 'true', 'pred' or 'all'.`,
      );
    }
    checkSize(classes ?? 0);
    this.classes = classes;
    this.normalize = normalize;
    this.reset();
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
    const named = [
      { name: 'labels', values: labels },
      { name: 'predictions', values: predictions },
    ] as const;
    checkSameLength(OP, ...named);
    const [label, predicted] = named.map((input) => classNumbersOf(OP, input, this.classes));
    const n = label!.values.length;
    const weights = weightsOf(OP, options.sampleWeight, n);
    this.grow(Math.max(label!.end, predicted!.end));
    for (let i = 0; i < n; i++) {
      const w = weights === undefined ? 1 : weights[i]!;
      this.counts[label!.values[i]!]![predicted!.values[i]!]! += w;
      this.weight += w;
    }
    this.samples += n;
    return this;
  }

  /**
   * The matrix over all samples since the last `reset`, [C, C].
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number[][] {
    checkSamples(OP, this.samples, this.weight);
    const rows = this.counts.map((row) => Array.from(row));
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
        return rows.map((row) => row.map((n) => n / this.weight));
    }
  }

  reset(): void {
    this.counts = [];
    this.samples = 0;
    this.weight = 0;
    this.grow(this.classes ?? 0);
  }

  private grow(size: number): void {
    const old = this.counts.length;
    if (size <= old) return;
    checkSize(size);
    const wider = (row: Float64Array | undefined): Float64Array<ArrayBuffer> => {
      const all = new Float64Array(size);
      if (row !== undefined) all.set(row);
      return all;
    };
    this.counts = Array.from({ length: size }, (_, c) => wider(this.counts[c]));
  }
}

const OP = 'confusion matrix';

function checkSize(classes: number): void {
  if (classes <= MOST_CLASSES) return;
  throw new ArgumentError(
    `${OP}: ${classes} classes are more than the ${MOST_CLASSES} that fit; count fewer classes, or ` +
      'use a figure that needs no matrix.',
  );
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
