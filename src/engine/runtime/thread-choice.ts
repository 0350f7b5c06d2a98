/**
 * Runs of each number of threads in a trial, of which the fastest counts: at first threads have to be
 * woken.
 */
const TRIAL_RUNS = 4;
/** Runs between two trials. */
export const SETTLED_RUNS = 500;

/**
 * On how many threads a program is fastest, found out as it runs: results are the same for every
 * number, and how much the machine has to spare changes. From time to time each number gets a few
 * runs, and the one with the fastest is kept.
 */
export class ThreadChoice {
  private counts: readonly number[] = [];
  private best: number[] = [];
  private runs = 0;
  private settled = 1;

  /** How many threads to take for the next run, of up to `most`. */
  next(most: number): number {
    if (most !== this.counts.at(-1)) this.begin(most);
    const trial = TRIAL_RUNS * this.counts.length;
    return this.runs < trial ? this.counts[Math.floor(this.runs / TRIAL_RUNS)]! : this.settled;
  }

  /** Tells how long a run on so many threads took. */
  took(threads: number, ms: number): void {
    const trial = TRIAL_RUNS * this.counts.length;
    const at = this.counts.indexOf(threads);
    if (this.runs < trial && at >= 0) this.best[at] = Math.min(this.best[at]!, ms);
    this.runs++;
    if (this.runs === trial) this.settled = this.counts[this.best.indexOf(Math.min(...this.best))]!;
    if (this.runs === trial + SETTLED_RUNS) this.begin(this.counts.at(-1)!);
  }

  /** A new trial: of one thread, half of them, and all. */
  private begin(most: number): void {
    this.counts = [...new Set([1, Math.ceil(most / 2), most])];
    this.best = this.counts.map(() => Infinity);
    this.runs = 0;
  }
}
