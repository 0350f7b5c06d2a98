import { GradusError } from '../core/errors.js';
import {
  ABORT_AT,
  ARRIVALS_AT,
  CONTROL,
  lineOf,
  makeControl,
  mayBlock,
  type ThreadMessage,
  type ThreadProgram,
} from './thread-control.js';
import type { ThreadMainFunction } from './thread-main.js';
import { startThread, type StartThread, type ThreadHandle } from './thread-start.js';

/** So long a thread looks at a word before it lies down. */
const SPIN_MS = 0.05;
/** So long at a time; a process that was stopped in between does not lose its patience at once. */
const SLICE_MS = 50;
/** A thread that has not begun or ended its part after this time is taken for dead. */
const LIMIT_MS = 10_000;

/** In the word that tells who failed first: the caller has found out what is the matter. */
const CALLER = -1;

/** A thread as the caller knows it. */
interface Worker {
  readonly handle: ThreadHandle;
  /** Messages sent to it. */
  posted: number;
  /** Programs that it has been sent. */
  readonly has: Set<number>;
}

/** One step: what to run, and the caller's own function for it. */
export interface ThreadedStep {
  readonly program: ThreadProgram;
  readonly main: ThreadMainFunction;
  readonly table: number;
  readonly threads: number;
}

/**
 * Threads that run steps together with the one that calls: thread 0 is the caller. They are started
 * when a step first wants so many, stay, and serve every device.
 *
 * A step is written into the control block and the threads are woken; once all have begun, the
 * caller runs its own part, and then waits for theirs. To wait for the beginning costs nothing,
 * since nobody passes the first barrier before all have come; but a thread that has died is noticed
 * before the caller goes where it would wait for ever. A thread can end in two ways: its program
 * throws, which it says itself, or it is ended from outside, by this very caller, between steps.
 *
 * The main thread of a page may not sleep: there it only looks.
 */
export class ThreadPool {
  private readonly words = makeControl();
  /** Thread t at t - 1. */
  private readonly workers: Worker[] = [];
  private readonly ids = new WeakMap<ThreadProgram, number>();
  private readonly forgotten = new FinalizationRegistry<number>((id) => this.drop(id));
  private lastId = 0;
  private step = 0;
  private ended = false;
  private hasRun = false;

  constructor(
    private readonly start: StartThread = startThread,
    private readonly limitMs = LIMIT_MS,
  ) {}

  /** Threads there are, the caller included. */
  get size(): number {
    return this.workers.length + 1;
  }

  /** Whether a thread is gone: the pool runs nothing any more. */
  get broken(): boolean {
    return this.ended;
  }

  /** Whether it has run a step. */
  get served(): boolean {
    return this.hasRun;
  }

  /**
   * Runs a step, unless the threads are not ready for it after so many milliseconds: then it returns
   * false and has done nothing. A thread takes some 40 ms to start and 1 ms to load a program.
   *
   * @throws GradusError when a thread fails; the pool is broken then.
   */
  run(step: ThreadedStep, patienceMs = 0): boolean {
    const { program, main, table, threads } = step;
    if (this.ended || !this.prepare(program, threads, patienceMs)) return false;
    this.hasRun = true;
    const { words } = this;
    this.step = (this.step + 1) | 0;
    words[CONTROL.program] = this.ids.get(program)!;
    words[CONTROL.table] = table;
    words[CONTROL.threads] = threads;
    for (let t = 1; t < threads; t++) {
      Atomics.store(words, lineOf(t) + CONTROL.step, this.step);
      this.wake(t);
    }
    let trouble = this.missing(CONTROL.began, threads, 'did not begin');
    if (trouble === undefined) {
      try {
        main(table, 0, threads);
      } catch (error) {
        trouble = { thread: 0, reason: String(error) };
      }
      if (trouble === undefined && Atomics.load(words, CONTROL.failed) === 0) {
        trouble = this.missing(CONTROL.done, threads, 'did not finish');
        if (trouble === undefined && Atomics.load(words, CONTROL.failed) === 0) return true;
      }
    }
    return this.giveUp(step, trouble);
  }

  /** Ends all threads. */
  stop(): void {
    this.ended = true;
    for (const { handle } of this.workers) handle.stop();
  }

  /** Sees to it that the threads are there and have the program; false if they do not yet. */
  private prepare(program: ThreadProgram, threads: number, patienceMs: number): boolean {
    let id = this.ids.get(program);
    if (id === undefined) {
      id = ++this.lastId;
      this.ids.set(program, id);
      this.forgotten.register(program, id);
    }
    for (let t = 1; t < threads; t++) {
      const worker = this.workers[t - 1] ?? this.add(t);
      if (!worker) return false;
      if (worker.has.has(id)) continue;
      worker.has.add(id);
      this.post(t, { kind: 'load', id, program });
    }
    for (let t = 1; t < threads; t++) {
      const { posted } = this.workers[t - 1]!;
      if (!this.meets(lineOf(t) + CONTROL.received, posted, patienceMs)) return false;
    }
    if (Atomics.load(this.words, CONTROL.failed) === 0) return true;
    this.stop();
    const { thread, reason } = this.failure();
    throw new GradusError(
      `threads: thread ${thread} of ${threads} cannot load a program (${reason}); ` +
        'call setThreads(1) to do without threads.',
    );
  }

  private add(thread: number): Worker | undefined {
    const handle = this.start(thread, () => (this.ended = true));
    if (!handle) {
      this.ended = true;
      return undefined;
    }
    this.workers.push({ handle, posted: 0, has: new Set() });
    const { words } = this;
    this.post(thread, { kind: 'begin', words, thread, control: CONTROL, abortAt: ABORT_AT });
    return this.workers[thread - 1];
  }

  private post(thread: number, message: ThreadMessage): void {
    const worker = this.workers[thread - 1]!;
    worker.handle.post(message);
    worker.posted++;
    Atomics.store(this.words, lineOf(thread) + CONTROL.posted, worker.posted);
    this.wake(thread);
  }

  private wake(thread: number): void {
    Atomics.add(this.words, lineOf(thread) + CONTROL.wake, 1);
    Atomics.notify(this.words, lineOf(thread) + CONTROL.wake);
  }

  /** Nobody can run the program any more: the threads need not keep it, nor its memory. */
  private drop(id: number): void {
    this.workers.forEach(({ has }, i) => {
      if (has.delete(id)) this.post(i + 1, { kind: 'drop', id });
    });
  }

  /** Waits for a word to become `value`; false if it takes longer. */
  private meets(at: number, value: number, limitMs: number): boolean {
    const { words } = this;
    const begin = performance.now();
    let left = limitMs;
    for (;;) {
      const seen = Atomics.load(words, at);
      if (seen === value) return true;
      const waited = performance.now() - begin;
      if (waited < Math.min(SPIN_MS, limitMs)) continue;
      if (!mayBlock()) {
        if (waited > limitMs) return false;
        continue;
      }
      if (left <= 0) return false;
      const slice = Math.min(SLICE_MS, left);
      if (Atomics.wait(words, at, seen, slice) === 'timed-out') left -= slice;
    }
  }

  /** The first thread that does not write the number of this step into a word in time. */
  private missing(word: number, threads: number, what: string): Trouble | undefined {
    for (let t = 1; t < threads; t++) {
      if (this.meets(lineOf(t) + word, this.step, this.limitMs)) continue;
      return { thread: t, reason: `it ${what} within ${this.limitMs / 1000} s` };
    }
    return undefined;
  }

  /** What the thread that failed first has written. */
  private failure(): Trouble {
    const thread = Atomics.load(this.words, CONTROL.failed);
    const length = Atomics.load(this.words, CONTROL.textBytes);
    const text = new Uint8Array(this.words.buffer, 4 * CONTROL.text, length).slice();
    return { thread, reason: new TextDecoder().decode(text) };
  }

  /**
   * Makes all threads leave the step, ends them, and clears the words that they met on, so that the
   * program can run again. Throws what was the matter.
   */
  private giveUp({ program, table, threads }: ThreadedStep, own: Trouble | undefined): never {
    // A thread that fails makes the others fail at the next barrier: who was the first?
    const cause = own && Atomics.compareExchange(this.words, CONTROL.failed, 0, CALLER) === 0;
    const head = new Int32Array(program.memory.buffer);
    Atomics.store(head, (table + ABORT_AT) >>> 2, 1);
    let out = true;
    for (let t = 1; t < threads; t++) {
      // Who begins only now finds that the step has failed, and leaves it alone.
      if (Atomics.load(this.words, lineOf(t) + CONTROL.began) !== this.step) continue;
      out = this.meets(lineOf(t) + CONTROL.done, this.step, this.limitMs) && out;
    }
    this.stop();
    if (out) {
      Atomics.store(head, (table + ARRIVALS_AT) >>> 2, 0);
      Atomics.store(head, (table + ABORT_AT) >>> 2, 0);
    }
    const { thread, reason } = cause ? own : this.failure();
    throw new GradusError(
      `threads: thread ${thread} of ${threads} failed (${reason}), and variables that the step ` +
        'overwrites may be half written; load a checkpoint, or call setThreads(1) to do without ' +
        'threads.',
    );
  }
}

interface Trouble {
  readonly thread: number;
  readonly reason: string;
}
