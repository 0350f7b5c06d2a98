import type { ThreadMessage } from './thread-control.js';

/** What a thread needs of the place where it runs. */
export interface ThreadHost {
  /** Calls `receive` with each message. */
  listen(receive: (message: ThreadMessage) => void): void;
  /** Loads a Node add-on of kernels: its `bind`. */
  loadAddon(path: string): (view: Uint8Array) => Record<string, ThreadMainFunction>;
}

/** The type of the function (table, thread, threads) that runs a step. */
export type ThreadMainFunction = (table: number, thread: number, threads: number) => void;

/**
 * What a thread of the pool does. A message is handled in the event loop; then the thread attends
 * to the control block: it looks for about 50 µs, then sleeps, for a step to run. To send a message
 * the caller posts it, counts it in `posted`, and wakes the thread, which goes back to its event
 * loop until it has dealt with as many. So a program arrives though the thread never leaves its loop
 * otherwise, and though the caller's own event loop stands still.
 *
 * The function refers to nothing outside itself: in Node its text is the thread's source.
 */
export function threadMain(host: ThreadHost): void {
  const SPIN_MS = 0.05;
  interface Loaded {
    readonly main: ThreadMainFunction;
    readonly memory: WebAssembly.Memory;
  }
  const programs = new Map<number, Loaded>();
  let self: Extract<ThreadMessage, { kind: 'begin' }>;
  let line = 0;
  let step = 0;

  const load = (message: Extract<ThreadMessage, { kind: 'load' }>): void => {
    const { code, entry, memory } = message.program;
    const functions =
      typeof code === 'string'
        ? host.loadAddon(code)(new Uint8Array(memory.buffer))
        : new WebAssembly.Instance(code, { env: { memory } }).exports;
    programs.set(message.id, { main: functions[entry] as ThreadMainFunction, memory });
  };

  /** Says what went wrong, unless another thread has: it is the cause then. */
  const fail = (error: unknown): void => {
    const { words, control, thread } = self;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const text = new TextEncoder().encode(reason).slice(0, 4 * control.textWords);
    if (Atomics.compareExchange(words, control.failed, 0, thread) !== 0) return;
    new Uint8Array(words.buffer, 4 * control.text).set(text);
    Atomics.store(words, control.textBytes, text.length);
  };

  const tell = (word: number, value: number): void => {
    Atomics.store(self.words, line + word, value);
    Atomics.notify(self.words, line + word);
  };

  const run = (): void => {
    const { words, control, thread, abortAt } = self;
    const table = words[control.table]!;
    const loaded = programs.get(words[control.program]!);
    tell(control.began, step);
    try {
      if (!loaded) throw new Error('the thread does not have the program');
      // The caller does not wait for ever, and may have given the step up.
      if (Atomics.load(words, control.failed) === 0) {
        loaded.main(table, thread, words[control.threads]!);
      }
    } catch (error) {
      fail(error);
      // No thread is to wait for this one.
      if (loaded) Atomics.store(new Int32Array(loaded.memory.buffer), (table + abortAt) >>> 2, 1);
    }
    tell(control.done, step);
  };

  const attend = (): void => {
    const { words, control } = self;
    for (;;) {
      const wake = Atomics.load(words, line + control.wake);
      const posted = Atomics.load(words, line + control.posted);
      if (posted !== words[line + control.received]) return;
      const asked = Atomics.load(words, line + control.step);
      if (asked !== step) {
        step = asked;
        run();
        continue;
      }
      const until = performance.now() + SPIN_MS;
      while (Atomics.load(words, line + control.wake) === wake) {
        if (performance.now() < until) continue;
        Atomics.wait(words, line + control.wake, wake);
        break;
      }
    }
  };

  host.listen((message) => {
    if (message.kind === 'begin') {
      self = message;
      line = self.control.lines + self.thread * self.control.lineWords;
    } else if (message.kind === 'drop') {
      programs.delete(message.id);
    } else {
      try {
        load(message);
      } catch (error) {
        fail(error);
      }
    }
    tell(self.control.received, self.words[line + self.control.received]! + 1);
    attend();
  });
}
