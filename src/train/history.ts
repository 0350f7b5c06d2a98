/** What is known of an epoch at its end. */
export interface EpochRecord {
  /** Counts from 1. */
  readonly epoch: number;
  /** Mean over the samples, each at the step that it was used in, in training mode. */
  readonly loss: number;
  /** Share of the training part, likewise; only with the metric. */
  readonly accuracy?: number;
  /** Of the validation part after the epoch, where there is one. */
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** Duration with validation. */
  readonly seconds: number;
  /** Of training alone. */
  readonly samplesPerSecond: number;
}
