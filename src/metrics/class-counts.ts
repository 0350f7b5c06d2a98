import { checkClasses, checkSamples, labelledPairsOf } from './inputs.js';
import type { SampleOptions, StreamingMetric, Values } from './metric.js';

/** Options of metrics that go by class numbers. */
export interface ClassOptions {
  /**
   * How many classes there are; the default is those that occur as label or prediction. A class that
   * does not occur counts, in averages over classes, only where this is given.
   */
  classes?: number;
}

/** What is needed of labels and predictions unless it matters which classes are taken for which. */
export class ClassCounts {
  /** By class, the weight of its samples that were given it. */
  hits = new Float64Array(0);
  /** By class, the weight of its samples. */
  labelled = new Float64Array(0);
  /** By class, the weight of the samples that were given it. */
  predicted = new Float64Array(0);
  private occurs = new Uint8Array(0);
  private samples = 0;
  private weight = 0;

  /** @param remedy what to do about a class of `classes` or more. */
  constructor(
    private readonly op: string,
    private readonly classes: number | undefined,
    private readonly remedy?: string,
  ) {
    checkClasses(op, classes);
    this.clear();
  }

  clear(): void {
    const size = this.classes ?? 0;
    this.hits = new Float64Array(size);
    this.labelled = new Float64Array(size);
    this.predicted = new Float64Array(size);
    // With a number of classes given, all of them count.
    this.occurs = new Uint8Array(size).fill(1);
    this.samples = 0;
    this.weight = 0;
  }

  add(labels: Values, predictions: Values, sampleWeight: Values | undefined): void {
    const { classes, remedy } = this;
    const options = { classes, sampleWeight, ...(remedy === undefined ? {} : { remedy }) };
    const pairs = labelledPairsOf(this.op, labels, predictions, options);
    this.grow(pairs.end);
    const n = pairs.labels.length;
    for (let i = 0; i < n; i++) {
      const [t, p] = [pairs.labels[i]!, pairs.predictions[i]!];
      const w = pairs.weights === undefined ? 1 : pairs.weights[i]!;
      if (t === p) this.hits[t]! += w;
      this.labelled[t]! += w;
      this.predicted[p]! += w;
      this.occurs[t] = 1;
      this.occurs[p] = 1;
      this.weight += w;
    }
    this.samples += n;
  }

  /** The weight of all samples; throws an ArgumentError where there is none. */
  total(): number {
    checkSamples(this.op, this.samples, this.weight);
    return this.weight;
  }

  /** The classes that count in an average over classes. */
  present(): number[] {
    return Array.from(this.occurs.keys()).filter((c) => this.occurs[c] === 1);
  }

  private grow(size: number): void {
    const old = this.hits.length;
    if (size <= old) return;
    const longer = <A extends Float64Array | Uint8Array>(array: A, values: A): A => {
      array.set(values);
      return array;
    };
    this.hits = longer(new Float64Array(size), this.hits);
    this.labelled = longer(new Float64Array(size), this.labelled);
    this.predicted = longer(new Float64Array(size), this.predicted);
    this.occurs = longer(new Uint8Array(size), this.occurs);
  }
}

/** A figure that follows from `ClassCounts`. */
export abstract class ClassMetric implements StreamingMetric<number> {
  protected readonly counts: ClassCounts;

  constructor(op: string, classes: number | undefined, remedy?: string) {
    this.counts = new ClassCounts(op, classes, remedy);
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
    this.counts.add(labels, predictions, options.sampleWeight);
    return this;
  }

  abstract compute(): number;

  reset(): void {
    this.counts.clear();
  }
}
