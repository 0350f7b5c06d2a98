/** Exit status of a process that Ctrl-C has ended: 128 + SIGINT. */
export const INTERRUPTED = 130;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Ctrl-C was pressed, or the process asked to end, and the step in progress has been finished. */
export class InterruptError extends Error {
  override name = 'InterruptError';
}

/**
 * Runs `work` with a signal that fires at the first Ctrl-C or SIGTERM. The second one ends the
 * process at once.
 */
export async function interruptible<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
