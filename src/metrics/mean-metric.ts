import { checkSamples } from './inputs.js';
import type { StreamingMetric } from './metric.js';

/** A weighted mean of a value of each sample, or what follows from it. */
export abstract class MeanMetric implements StreamingMetric<number> {
  private sum = 0;
  private weight = 0;
  private samples = 0;

  constructor(protected readonly op: string) {}

  /** Adds `n` samples; `valueOf(i)` is the value of the i-th. */
  protected add(
    n: number,
    weights: ArrayLike<number> | undefined,
    valueOf: (i: number) => number,
  ): void {
    for (let i = 0; i < n; i++) {
      const w = weights === undefined ? 1 : weights[i]!;
      // A weight of 0 leaves out infinite values too.
      if (w > 0) this.sum += w * valueOf(i);
      this.weight += w;
    }
    this.samples += n;
  }

  /**
   * The figure over all samples since the last `reset`.
   *
   * @throws ArgumentError where there are no samples, or their weights sum to 0.
   */
  compute(): number {
    checkSamples(this.op, this.samples, this.weight);
    return this.sum / this.weight;
  }

  reset(): void {
    this.sum = 0;
    this.weight = 0;
    this.samples = 0;
  }
}
