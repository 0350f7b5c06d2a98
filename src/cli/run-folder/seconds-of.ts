import type { RunHistory } from './read-log.js';

/** Seconds of training: of the whole run, or as far as it has come. */
export function secondsOf(run: Pick<RunHistory, 'test' | 'steps' | 'epochs'>): number {
  const { test, steps, epochs } = run;
  return test?.seconds ?? steps.at(-1)?.seconds ?? epochs.reduce((sum, e) => sum + e.seconds, 0);
}
