import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import {
  checkFinite,
  checkSamples,
  classNumbersOf,
  isRows,
  matrixOf,
  valuesOf,
  weightsOf,
  type Matrix,
} from './inputs.js';
import type { Rows, SampleOptions, StreamingMetric, Values } from './metric.js';
import { thresholdCounts, type ThresholdCounts } from './threshold-counts.js';

/** Scores of one class, [N, 1], or of all, [N, C]. */
export function scoresOf(op: string, scores: Values | Rows): Matrix {
  if (isRows(scores)) return matrixOf(op, 'scores', scores);
  const values = valuesOf(scores);
  return { values, rows: values.length, columns: 1 };
}

interface Chunk {
  readonly labels: Int32Array;
  readonly scores: Float64Array;
  readonly weights: Float64Array | undefined;
}

/** Labels with scores, all of them kept: what depends on the order of scores needs every one. */
export class ScoreSamples {
  private chunks: Chunk[] = [];
  private samples = 0;
  private weight = 0;
  private columns = 0;

  constructor(
    private readonly op: string,
    private readonly posLabel: 0 | 1 = 1,
  ) {
    if ([0, 1].includes(posLabel)) return;
    throw new ArgumentError(`${op}: posLabel is ${String(posLabel)}; give 0 or 1.`);
  }

  clear(): void {
    this.chunks = [];
    this.samples = 0;
    this.weight = 0;
    this.columns = 0;
  }

  /** Takes copies of samples in. */
  add(labels: Values, scores: Values | Rows, sampleWeight: Values | undefined): void {
    const { op } = this;
    const { values, rows, columns } = scoresOf(op, scores);
    const isBinary = columns === 1;
    const named = { name: 'labels', values: labels };
    const remedy = 'give scores of all classes, [N, C]';
    const { values: classes } = classNumbersOf(op, named, isBinary ? 2 : columns, remedy);
    if (classes.length !== rows) {
      throw new ShapeError(
        `${op}: there are ${classes.length} labels and scores of ${rows} samples; give as many of both.`,
      );
    }
    if (rows === 0) return;
    if (this.samples > 0 && columns !== this.columns) {
      throw new ShapeError(
        `${op}: there are scores of ${columns} classes for each sample, and of ${this.columns} before; ` +
          'give the same number each time.',
      );
    }
    checkFinite(op, 'scores', values);
    const weights = weightsOf(op, sampleWeight, rows);
    this.columns = columns;
    this.samples += rows;
    this.weight += weights === undefined ? rows : sumOf(weights);
    this.chunks.push({
      labels: new Int32Array(classes),
      scores: new Float64Array(values),
      weights: weights && new Float64Array(weights),
    });
  }

  /** Throws an ArgumentError where there are no samples. */
  check(): void {
    checkSamples(this.op, this.samples, this.weight);
  }

  /** The class that is positive in each problem of one class against the rest. */
  positives(): readonly number[] {
    return this.columns === 1 ? [this.posLabel] : Array.from({ length: this.columns }, (_, c) => c);
  }

  /** The weight of the samples of class `c`. */
  supportOf(c: number): number {
    let sum = 0;
    for (const { labels, weights } of this.chunks) {
      labels.forEach((label, i) => {
        if (label === c) sum += weights === undefined ? 1 : weights[i]!;
      });
    }
    return sum;
  }

  /** Class `c` against the rest. */
  countsOf(c: number): ThresholdCounts {
    const { columns, samples } = this;
    const positive = new Uint8Array(samples);
    const scores = new Float64Array(samples);
    const isWeighted = this.chunks.some(({ weights }) => weights !== undefined);
    const all = isWeighted ? new Float64Array(samples).fill(1) : undefined;
    const column = columns === 1 ? 0 : c;
    let at = 0;
    for (const { labels, scores: own, weights } of this.chunks) {
      if (weights !== undefined) all!.set(weights, at);
      for (let i = 0; i < labels.length; i++, at++) {
        if (labels[i] === c) positive[at] = 1;
        scores[at] = own[i * columns + column]!;
      }
    }
    return thresholdCounts(positive, scores, all);
  }
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** How the figures of several classes, each against the rest, become one. */
export interface OneVsRestOptions {
  /** 'macro', the default, is the mean over the classes; 'weighted' weights it by their samples. */
  average?: 'macro' | 'weighted';
  /** Of scores [N], the class that they are of; default 1. */
  posLabel?: 0 | 1;
}

/** A figure that follows from counts at thresholds. It keeps all samples: memory grows with them. */
export abstract class ScoreMetric implements StreamingMetric<number> {
  private readonly samples: ScoreSamples;
  private readonly average: 'macro' | 'weighted';

  constructor(op: string, options: OneVsRestOptions) {
    const { average = 'macro', posLabel } = options;
    if (average !== 'macro' && average !== 'weighted') {
      throw new ArgumentError(
        `${op}: average is '${String(average)}'; give 'macro' or 'weighted'.`,
      );
    }
    this.samples = new ScoreSamples(op, posLabel);
    this.average = average;
  }

  protected abstract figureOf(counts: ThresholdCounts): number;

  /**
   * Takes samples in; they are copied.
   *
   * @param labels the right classes, [N], from 0.
   * @param scores of class `posLabel`, [N], where there are two classes; else of all, [N, C]. Any scores
   *   will do that are higher where the class is more likely: logits or probabilities.
   * @throws ShapeError for shapes that do not fit, IndexError for what is no class number,
   *   ArgumentError for scores that are not finite; nothing is taken in then.
   */
  update(labels: Values, scores: Values | Rows, options: SampleOptions = {}): this {
    this.samples.add(labels, scores, options.sampleWeight);
    return this;
  }

  /**
   * The figure over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    const figures = this.perClass();
    const classes = this.samples.positives();
    const isWeighted = this.average === 'weighted' && classes.length > 1;
    const weights = classes.map((c) => (isWeighted ? this.samples.supportOf(c) : 1));
    // A class of weight 0 says nothing, not even NaN.
    const shares = figures.map((f, i) => (weights[i] === 0 ? 0 : f * weights[i]!));
    return sumOf(shares) / sumOf(weights);
  }

  /** The figure of each class against the rest, by class number; of scores [N], the one there is. */
  perClass(): number[] {
    this.samples.check();
    return this.samples.positives().map((c) => this.figureOf(this.samples.countsOf(c)));
  }

  reset(): void {
    this.samples.clear();
  }
}

/** Counts at the thresholds of a whole binary set. */
export function binaryCounts(
  op: string,
  labels: Values,
  scores: Values,
  options: SampleOptions & { posLabel?: 0 | 1 },
): ThresholdCounts {
  const samples = new ScoreSamples(op, options.posLabel);
  samples.add(labels, valuesOf(scores), options.sampleWeight);
  samples.check();
  return samples.countsOf(options.posLabel ?? 1);
}
