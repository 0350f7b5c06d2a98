import { ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { DType } from '../engine/core/dtype.js';
import type { Tensor } from '../tensor/index.js';
import { Parameter, StateTensor, ones, zeros } from '../tensor/index.js';
import { requireCount } from './check.js';
import { requireEps } from './functional/normalize.js';
import { requireMomentum } from './functional/running-statistics.js';
import { Module } from './module.js';

/** Options of the normalisations that keep running statistics of each channel. */
export interface ChannelNormOptions {
  /** ε, which is added to the variance, ≥ 0. Default 1e-5. */
  readonly eps?: number;
  /**
   * The weight of a new mean or variance in its running average; null for the average of all batches
   * so far. Default 0.1.
   */
  readonly momentum?: number | null;
  /** Scale and shift each channel by trained parameters. */
  readonly affine?: boolean;
  /** Keep running statistics, which evaluation uses in place of the input's own. */
  readonly trackRunningStats?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/** Buffers that PyTorch saves under other names than those of the fields. */
const SAVED_AS: Readonly<Record<string, string>> = {
  runningMean: 'running_mean',
  runningVar: 'running_var',
  numBatchesTracked: 'num_batches_tracked',
};

/** What `BatchNorm` and `InstanceNorm` share: parameters and running statistics of C channels. */
export abstract class ChannelNorm extends Module {
  readonly eps: number;
  readonly momentum: number | null;
  /** γ [C], ones at first, or null. */
  readonly weight: Parameter | null;
  /** β [C], zeros at first, or null. */
  readonly bias: Parameter | null;
  /** [C], zeros at first, or null; saved as running_mean. */
  readonly runningMean: StateTensor | null;
  /** [C], ones at first, with divisor n - 1, or null; saved as running_var. */
  readonly runningVar: StateTensor | null;
  /** The number of batches that went into them, i32, or null; saved as num_batches_tracked. */
  readonly numBatchesTracked: StateTensor | null;

  protected constructor(
    readonly numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine, trackRunningStats, dtype = 'f32' }: ChannelNormOptions,
  ) {
    super();
    const { name } = new.target;
    requireCount(name, 'numFeatures', numFeatures);
    requireEps(name, eps);
    if (momentum !== null) requireMomentum(name, momentum);
    this.eps = eps;
    this.momentum = momentum;
    const shape = [numFeatures];
    this.weight = affine ? new Parameter(ones(shape, { dtype })) : null;
    this.bias = affine ? new Parameter(zeros(shape, { dtype })) : null;
    const state = (initial: Tensor): StateTensor | null =>
      trackRunningStats ? new StateTensor(initial) : null;
    this.runningMean = state(zeros(shape, { dtype }));
    this.runningVar = state(ones(shape, { dtype }));
    this.numBatchesTracked = state(zeros([], { dtype: 'i32' }));
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, weight, runningMean } = this;
    return (
      `${numFeatures}, eps=${eps}, momentum=${momentum}, affine=${weight !== null}, ` +
      `trackRunningStats=${runningMean !== null}`
    );
  }

  /** Throws a ShapeError unless x is of one of the ranks, and has the channels. */
  protected checkInput(x: Tensor, ranks: readonly number[], wanted: string): void {
    if (ranks.includes(x.rank) && x.shape[1] === this.numFeatures) return;
    const { name } = this.constructor;
    throw new ShapeError(
      `${name}: input is ${formatShape(x.shape)}; give one ${wanted} with C = ${this.numFeatures}.`,
    );
  }

  /** The weight that the statistics of the next batch have in the running ones. */
  protected weightOfBatch(): number | Tensor {
    const { momentum, numBatchesTracked: count, runningMean } = this;
    if (!count || !runningMean) return 0;
    return momentum ?? count.add(1).to(runningMean.dtype).reciprocal();
  }

  /** Counts a batch, when it has gone into the running statistics. */
  protected countBatch(): void {
    const { numBatchesTracked: count } = this;
    count?.assign(count.add(1));
  }

  protected override *members(): Generator<[string, unknown]> {
    for (const [name, value] of super.members()) yield [SAVED_AS[name] ?? name, value];
  }
}
