import type { StepResult } from './steps.js';

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

  /** The mean over the samples; NaN before the first. */
  get loss(): number {
    return this.lossSum / this.samples;
  }

  /** The share of targets that were met, if that is counted. */
  get accuracy(): number | undefined {
    return this.correct === undefined ? undefined : this.correct / this.targets;
  }
}
