import type { Tensor } from '../tensor/index.js';

/** Numbers, one for each sample or element: an array, a typed array or a tensor of any shape. */
export type Values = ArrayLike<number> | Tensor;

/** Numbers of samples by classes: a tensor [N, C], or one array of C numbers for each sample. */
export type Rows = Tensor | readonly ArrayLike<number>[];

/** What may come with the samples of an update. */
export interface SampleOptions {
  /** How much each sample counts, [N], not negative; default 1. */
  sampleWeight?: Values;
}

/**
 * A figure that is kept up to date batch by batch. What it holds does not grow with the number of
 * samples unless its documentation says so.
 */
export interface StreamingMetric<R> {
  /** The figure over all samples since the last `reset`; throws an ArgumentError where none came. */
  compute(): R;
  /** Forgets all samples. */
  reset(): void;
}
