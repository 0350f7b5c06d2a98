/** Exit status of a process that Ctrl-C has ended: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** Ctrl-C was pressed, and the step in progress has been finished. */
export class InterruptError extends Error {
  override name = 'InterruptError';
}

/**
 * Runs `work` with a signal that fires at the first Ctrl-C. The second one ends the process at once.
 */
export async function interruptible<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onSignal);
  }
}
