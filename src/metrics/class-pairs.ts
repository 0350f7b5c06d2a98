import { ArgumentError } from '../engine/core/errors.js';
import { checkClasses, checkSamples, labelledPairsOf } from './inputs.js';
import type { Values } from './metric.js';

/** A matrix of this many classes has 2^26 cells, half a gigabyte. */
const MOST_CLASSES = 8192;

/** How often each class is taken for each. */
export class ClassPairs {
  private counts: Float64Array[] = [];
  private samples = 0;
  private weight = 0;

  constructor(
    private readonly op: string,
    private readonly classes: number | undefined,
  ) {
    checkClasses(op, classes);
    this.clear();
  }

  clear(): void {
    this.counts = [];
    this.samples = 0;
    this.weight = 0;
    this.grow(this.classes ?? 0);
  }

  add(labels: Values, predictions: Values, sampleWeight: Values | undefined): void {
    const { op, classes } = this;
    const pairs = labelledPairsOf(op, labels, predictions, { classes, sampleWeight });
    this.grow(pairs.end);
    const n = pairs.labels.length;
    for (let i = 0; i < n; i++) {
      const w = pairs.weights === undefined ? 1 : pairs.weights[i]!;
      this.counts[pairs.labels[i]!]![pairs.predictions[i]!]! += w;
      this.weight += w;
    }
    this.samples += n;
  }

  /** The weight of all samples; throws an ArgumentError where there is none. */
  total(): number {
    checkSamples(this.op, this.samples, this.weight);
    return this.weight;
  }

  /** `[label][prediction]`, copied. */
  matrix(): number[][] {
    return this.counts.map((row) => Array.from(row));
  }

  private grow(size: number): void {
    if (size <= this.counts.length) return;
    if (size > MOST_CLASSES) {
      throw new ArgumentError(
        `${this.op}: ${size} classes are more than the ${MOST_CLASSES} of which a matrix fits; number ` +
          'them from 0, or use a figure that needs no matrix.',
      );
    }
    this.counts = Array.from({ length: size }, (_, c) => {
      const row = new Float64Array(size);
      row.set(this.counts[c] ?? []);
      return row;
    });
  }
}
