import { withBuiltin } from '../core/builtin.js';
import { ArgumentError } from '../core/errors.js';
import { MAX_THREADS, type ThreadProgram } from './thread-control.js';
import type { ThreadMainFunction } from './thread-main.js';
import { ThreadChoice } from './thread-choice.js';
import { ThreadPool } from './thread-pool.js';

/** A plan's code, callable here, and as other threads can have it: undefined where they cannot. */
export interface LoadedPlan {
  readonly main: ThreadMainFunction;
  /** All functions that the code exports, by name. */
  readonly entries: Readonly<Record<string, (...args: number[]) => void>>;
  readonly program: ThreadProgram | undefined;
}

/** What `setThreads` has set; the pool, when a step has wanted one; whether threads do not work. */
const state: { count: number | undefined; pool: ThreadPool | undefined; unavailable: boolean } = {
  count: undefined,
  pool: undefined,
  unavailable: false,
};

/**
 * Sets how many threads the steps of all programs may use, from the next step on. A step uses fewer
 * where its work is too little to be shared; the results are the same to the bit for every number.
 *
 * Default: the variable GRADUS_THREADS of the environment, else as many as there are cores. In a
 * browser there are threads only where the page is cross-origin isolated; elsewhere programs run on
 * one, as they do until the threads have started.
 *
 * @param count Threads, the caller included: from 1. More than the cores is allowed, more than 64
 *   means 64.
 * @throws ArgumentError unless `count` is a whole number from 1.
 * @example
 * setThreads(2);
 * getThreads(); // 2
 */
export function setThreads(count: number): void {
  state.count = checked('setThreads: the number of threads', count);
  state.unavailable = false;
  if (state.pool && (state.pool.broken || state.pool.size > state.count)) discard();
}

/** How many threads the steps of programs may use: see `setThreads`. */
export function getThreads(): number {
  return (state.count ??= defaultThreads());
}

/**
 * A function that runs a plan's step: on as many threads as are fastest, but no more than `most` and
 * than `setThreads` says; or on a fixed number of them, if there is one.
 */
export function onThreads(
  { main, program }: LoadedPlan,
  most: number,
  fixed: number | undefined,
): (table: number) => void {
  const alone = (table: number): void => main(table, 0, 1);
  if (!program || (fixed ?? most) === 1) return alone;
  const runOn = (threads: number, table: number, patience: number): number => {
    if (threads > 1 && currentPool()?.run({ program, main, table, threads }, patience))
      return threads;
    alone(table);
    return 1;
  };
  if (fixed !== undefined) return (table) => void runOn(fixed, table, FIXED_PATIENCE_MS);
  const choice = new ThreadChoice();
  return (table) => {
    const allowed = Math.min(most, getThreads());
    if (allowed === 1) return alone(table);
    const threads = choice.next(allowed);
    const start = performance.now();
    if (runOn(threads, table, 0) === threads) choice.took(threads, performance.now() - start);
  };
}

/** Whether threads were wanted and did not start: steps run on one. */
export function threadsFailed(): boolean {
  return state.unavailable || (state.pool?.broken === true && !state.pool.served);
}

/** A device with a fixed number of threads waits for them. */
const FIXED_PATIENCE_MS = 10_000;

/** The pool; a new one if a thread of the last is gone, unless that never ran anything. */
function currentPool(): ThreadPool | undefined {
  if (state.pool?.broken) {
    state.unavailable = !state.pool.served;
    discard();
  }
  if (state.unavailable) return undefined;
  return (state.pool ??= new ThreadPool());
}

function discard(): void {
  state.pool?.stop();
  state.pool = undefined;
}

/** A number of threads that somebody gave, or an ArgumentError. */
export function checked(what: string, given: number | string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1) return Math.min(count, MAX_THREADS);
  throw new ArgumentError(
    `${what} is ${given}; give a whole number from 1 to ${MAX_THREADS}, such as ${cores()} ` +
      'for all cores.',
  );
}

function defaultThreads(): number {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const asked = process?.env?.['GRADUS_THREADS']?.trim();
  if (asked) return checked('the environment variable GRADUS_THREADS', asked);
  return Math.min(cores(), MAX_THREADS);
}

function cores(): number {
  const available = withBuiltin('node:os', (os: { availableParallelism(): number }) =>
    os.availableParallelism(),
  );
  if (available !== undefined) return available;
  return typeof navigator === 'undefined' ? 1 : (navigator.hardwareConcurrency ?? 1);
}
