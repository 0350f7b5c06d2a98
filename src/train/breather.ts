/** Milliseconds of work after which timers, signals and a page get their turn. */
const INTERVAL = 50;

/**
 * Lets a long computation give way now and then: awaiting what is ready lets nothing else run.
 *
 * @param interval Milliseconds of work between pauses; 0 for a pause whenever one is possible.
 */
export class Breather {
  private last = performance.now();

  constructor(private readonly interval = INTERVAL) {}

  /** Whether it is time for a pause. */
  isDue(): boolean {
    return performance.now() - this.last >= this.interval;
  }

  /** Waits until everything that is due has run. */
  async pause(): Promise<void> {
    await turn();
    this.last = performance.now();
  }
}

/**
 * A turn of the event loop, in some microseconds: a timer takes 1 ms in Node, and 4 ms in a browser
 * once timers have been set by timers.
 */
function turn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
  return new Promise((resolve) => {
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
