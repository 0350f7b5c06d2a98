import { withBuiltin } from '../core/builtin.js';
import type { ThreadMessage } from './thread-control.js';
import { threadMain } from './thread-main.js';

/** A thread that has been started. */
export interface ThreadHandle {
  post(message: ThreadMessage): void;
  /** Ends it, wherever it is. */
  stop(): void;
}

/** Starts a thread, or returns undefined where there are none; `gone` hears why it has ended. */
export type StartThread = (
  thread: number,
  gone: (reason: string) => void,
) => ThreadHandle | undefined;

/** What is used of node:worker_threads. */
interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

interface NodeWorker {
  on(event: 'error' | 'exit', listener: (what: unknown) => void): void;
  postMessage(message: unknown): void;
  unref(): void;
  terminate(): Promise<number>;
}

/** Starts a thread as Node does, or as a browser does where the page is cross-origin isolated. */
export const startThread: StartThread = (thread, gone) => {
  try {
    const inNode = withBuiltin('node:worker_threads', (threads: NodeThreads) =>
      startInNode(threads, thread, gone),
    );
    return inNode ?? startInBrowser(thread, gone);
  } catch {
    return undefined;
  }
};

/**
 * The source of a thread in Node. Some compilers wrap the functions inside a function in a call of
 * `__name`, which keeps their names.
 */
function nodeSource(): string {
  return (
    `const { parentPort } = require('node:worker_threads');\nconst __name = (f) => f;\n` +
    `(${threadMain.toString()})({\n` +
    `  listen: (receive) => parentPort.on('message', receive),\n` +
    `  loadAddon: (path) => {\n    const module = { exports: {} };\n` +
    `    process.dlopen(module, path);\n    return module.exports.bind;\n  },\n});`
  );
}

/** It does not keep the process from ending, and takes over no flags of Node such as loaders. */
function startInNode(
  { Worker }: NodeThreads,
  thread: number,
  gone: (reason: string) => void,
): ThreadHandle {
  const worker = new Worker(nodeSource(), {
    eval: true,
    execArgv: [],
    name: `gradus ${thread}`,
    stdout: false,
    stderr: false,
  });
  worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => gone('it has ended'));
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    stop: () => void worker.terminate(),
  };
}

/** The script that a worker runs, if that also serves as a thread's: see `serveAsThread`. */
let ownScript: string | undefined;

/** How the workers are called that are threads. */
const NAME = /^gradus thread \d+$/;

/**
 * Lets threads run the script of this very worker where a bundler has left out the one that they have
 * of their own.
 *
 * @returns true in such a thread, which then has to do nothing else.
 */
export function serveAsThread(): boolean {
  const { name, location } = globalThis as { name?: string; location?: { href: string } };
  const isThread = typeof name === 'string' && NAME.test(name);
  if (!isThread) ownScript = location?.href;
  return isThread;
}

/**
 * A thread in a browser. What is sent before its script has said that it runs is kept, in case that
 * another script has to take over.
 */
function startInBrowser(thread: number, gone: (reason: string) => void): ThreadHandle | undefined {
  if (typeof Worker === 'undefined' || globalThis.crossOriginIsolated !== true) return undefined;
  const name = `gradus thread ${thread}`;
  let kept: ThreadMessage[] | undefined = [];
  let worker: Worker;
  const use = (started: Worker, otherwise: (reason: string) => void): void => {
    worker = started;
    worker.addEventListener('message', () => (kept = undefined), { once: true });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (kept) otherwise(event.message);
      else gone(event.message);
    });
    for (const message of kept ?? []) worker.postMessage(message);
  };
  // Written out here, since this is how bundlers recognize a worker.
  use(
    new Worker(new URL('./thread-entry.js', import.meta.url), { type: 'module', name }),
    (reason) => {
      worker.terminate();
      if (ownScript === undefined) gone(reason);
      else use(new Worker(ownScript, { type: 'module', name }), gone);
    },
  );
  return {
    post(message) {
      kept?.push(message);
      worker.postMessage(message);
    },
    stop: () => worker.terminate(),
  };
}
