import type { Callback, EpochReport, Progress, Verdict } from '../train/index.js';

/**
 * Ends training where its time is over: after an epoch if another one would not fit, and within an
 * epoch if that alone takes longer.
 */
export class TimeLimit implements Callback {
  /** Why training was ended, if it was. */
  stopped: string | undefined;

  constructor(private readonly seconds: number) {}

  onStep(progress: Progress): Verdict {
    return progress.seconds > this.seconds ? this.stop(progress) : undefined;
  }

  onEpochEnd({ progress, record }: EpochReport): Verdict {
    if (progress.epoch === progress.epochs) return undefined;
    return progress.seconds + record.seconds > this.seconds ? this.stop(progress) : undefined;
  }

  private stop({ epoch, epochs }: Progress): 'stop' {
    this.stopped = `in epoch ${epoch} of ${epochs}, as ${this.seconds.toFixed(0)} s were set aside`;
    return 'stop';
  }
}

/** Seconds for each of several models; what one leaves over, the others share. */
export class TimeBudget {
  constructor(
    private seconds: number,
    private models: number,
  ) {}

  /** For the next model. */
  get share(): number {
    return Math.max(0, this.seconds) / Math.max(1, this.models);
  }

  spend(seconds: number): void {
    this.seconds -= seconds;
    this.models--;
  }
}
