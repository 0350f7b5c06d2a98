import type { StepResult } from './steps.js';

/** Totals as plain data. */
export interface SavedTotals {
  readonly samples: number;
  readonly batches: number;
  readonly lossSum: number;
  readonly targets: number;
  /** Only with the metric. */
  readonly correct?: number;
}

/** Sums over the batches of an epoch: numbers only, so that memory does not grow with the steps. */
export class Totals {
  samples = 0;
  batches = 0;
  private lossSum = 0;
  private correct: number | undefined;
  private targets = 0;

  /** Counts a batch in; returns its loss, which may be other than finite and then is left out. */
  add(result: StepResult, samples: number, targets: number): number {
    const loss = result.loss.item();
    if (!Number.isFinite(loss)) return loss;
    this.lossSum += loss * samples;
    this.samples += samples;
    this.batches++;
    if ('correct' in result) {
      this.correct = (this.correct ?? 0) + result.correct.item();
      this.targets += targets;
    }
    return loss;
  }

  /** To go on from later. */
  state(): SavedTotals {
    const { samples, batches, lossSum, targets, correct } = this;
    return { samples, batches, lossSum, targets, ...(correct === undefined ? {} : { correct }) };
  }

  /** Goes on from `state`. */
  restore({ samples, batches, lossSum, targets, correct }: SavedTotals): void {
    Object.assign(this, { samples, batches, lossSum, targets, correct });
  }

  /** The mean over the samples; NaN before the first. */
  get loss(): number {
    return this.lossSum / this.samples;
  }

  /** The share of targets that were met, if that is counted. */
  get accuracy(): number | undefined {
    return this.correct === undefined ? undefined : this.correct / this.targets;
  }
}
