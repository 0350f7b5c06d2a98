/** Milliseconds of work after which timers, signals and a page get their turn. */
const INTERVAL = 50;

/** Lets a long computation give way now and then: awaiting what is ready lets nothing else run. */
export class Breather {
  private last = performance.now();

  /** Whether it is time for a pause. */
  isDue(): boolean {
    return performance.now() - this.last >= INTERVAL;
  }

  /** Waits until everything that is due has run. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.last = performance.now();
  }
}
