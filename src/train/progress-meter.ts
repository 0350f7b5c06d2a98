import type { Progress } from './callback.js';
import type { StepResult } from './steps.js';
import type { SavedProgress } from './training-state.js';
import { Totals } from './totals.js';

/** Counts steps and measures time: what callbacks see as `Progress`. */
export class ProgressMeter implements Progress {
  epoch = 0;
  totalSteps = 0;
  batchLoss = NaN;
  private totals = new Totals();
  private start = performance.now();
  private epochStart = this.start;
  /** When the training part of this epoch was done; undefined while it is not. */
  private trainingEnd: number | undefined;
  /** Steps done before this run resumed another. */
  private stepsBefore = 0;
  /** When the very first step was done: it compiles, and is left out of what is foretold. */
  private firstStepEnd = NaN;
  /** The samples of this epoch that count for its pace, and since when. */
  private paced = { samples: 0, since: this.start };

  constructor(
    readonly epochs: number,
    readonly steps: number,
  ) {}

  startEpoch(epoch: number): void {
    this.epoch = epoch;
    this.totals = new Totals();
    this.batchLoss = NaN;
    this.epochStart = performance.now();
    this.trainingEnd = undefined;
    this.paced = { samples: 0, since: this.epochStart };
  }

  /** Counts a step in, unless its loss is not finite; returns the loss. */
  count(result: StepResult, samples: number, targets: number): number {
    const loss = this.totals.add(result, samples, targets);
    if (!Number.isFinite(loss)) return loss;
    this.batchLoss = loss;
    if (this.totalSteps++ > this.stepsBefore) this.paced.samples += samples;
    else {
      this.firstStepEnd = performance.now();
      this.paced.since = this.firstStepEnd;
    }
    return loss;
  }

  /** To go on from later: all of `SavedProgress` that is measured here. */
  state(): Omit<SavedProgress, 'phase' | 'history' | 'stopped'> {
    const { epoch, steps, totalSteps, batchLoss, seconds, epochSeconds } = this;
    return {
      epoch,
      steps,
      totalSteps,
      ...(Number.isNaN(batchLoss) ? {} : { batchLoss }),
      totals: this.totals.state(),
      seconds,
      epochSeconds,
    };
  }

  /** Goes on from `state`. */
  restore(saved: SavedProgress): void {
    const now = performance.now();
    this.startEpoch(saved.epoch);
    this.totals.restore(saved.totals);
    this.totalSteps = this.stepsBefore = saved.totalSteps;
    this.batchLoss = saved.batchLoss ?? NaN;
    this.start = now - 1000 * saved.seconds;
    this.epochStart = now - 1000 * saved.epochSeconds;
  }

  /** What follows in this epoch, such as validation, is no training time. */
  endTraining(): void {
    this.trainingEnd = performance.now();
  }

  get step(): number {
    return this.totals.batches;
  }

  get loss(): number {
    return this.totals.loss;
  }

  get accuracy(): number | undefined {
    return this.totals.accuracy;
  }

  get samplesPerSecond(): number {
    const { samples, since } = this.paced;
    // A single step has no pace but its own.
    if (samples === 0) return this.totals.samples / seconds(this.epochStart, this.trainingEnd);
    return samples / seconds(since, this.trainingEnd);
  }

  get secondsLeft(): number {
    const done = this.totalSteps - this.stepsBefore - 1;
    if (done <= 0) return NaN;
    const left = this.epochs * this.steps - this.totalSteps;
    return (seconds(this.firstStepEnd) * left) / done;
  }

  get seconds(): number {
    return seconds(this.start);
  }

  /** Seconds since this epoch began. */
  get epochSeconds(): number {
    return seconds(this.epochStart);
  }
}

/** From `start` to `end`, which is now if not given; never 0. */
function seconds(start: number, end = performance.now()): number {
  return Math.max(end - start, 1e-3) / 1000;
}
