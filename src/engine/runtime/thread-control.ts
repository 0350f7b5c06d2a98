/** At most so many threads: the control block has a line for each. */
export const MAX_THREADS = 64;

/**
 * The control block: the words through which caller and threads talk, as indices of 32-bit words.
 * What the step at hand is stands at its beginning, then what a failing thread has to say, then a
 * line for each thread.
 */
export const CONTROL = {
  /** Of the step: its program, the address of its table, its number of threads. */
  program: 0,
  table: 1,
  threads: 2,
  /** The first thread that failed, or 0: thread 0 is the caller, who needs no word. */
  failed: 3,
  textBytes: 4,
  text: 16,
  textWords: 240,
  lines: 256,
  lineWords: 32,
  /** In a line, written by the caller: changed to wake the thread; messages sent; step to run. */
  wake: 0,
  posted: 1,
  step: 2,
  /** In a line, written by the thread, away from the others: messages dealt with, and steps. */
  received: 16,
  began: 17,
  done: 18,
} as const;

/** Where a table has the words that the threads of a program meet on, in bytes. */
export const ARRIVALS_AT = 0;
export const ABORT_AT = 8;

/** A program as another thread can make it callable. */
export interface ThreadProgram {
  /** A compiled module that imports its memory, or the file of a Node add-on. */
  readonly code: WebAssembly.Module | string;
  /** The name of the function (table, thread, threads). */
  readonly entry: string;
  /** A shared memory. */
  readonly memory: WebAssembly.Memory;
}

/** What is sent to a thread. */
export type ThreadMessage =
  | {
      readonly kind: 'begin';
      readonly words: Int32Array<SharedArrayBuffer>;
      readonly thread: number;
      readonly control: typeof CONTROL;
      readonly abortAt: number;
    }
  | { readonly kind: 'load'; readonly id: number; readonly program: ThreadProgram }
  | { readonly kind: 'drop'; readonly id: number };

/** Index in the control block of a word of a thread's line. */
export function lineOf(thread: number): number {
  return CONTROL.lines + thread * CONTROL.lineWords;
}

export function makeControl(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * lineOf(MAX_THREADS)));
}

let blocking: boolean | undefined;

/** Whether this thread may sleep in `Atomics.wait`: the main one of a page may not. */
export function mayBlock(): boolean {
  if (blocking !== undefined) return blocking;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    blocking = true;
  } catch {
    blocking = false;
  }
  return blocking;
}
