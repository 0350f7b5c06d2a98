// covers: src/engine/runtime/thread-start.ts, src/engine/runtime/thread-entry.ts
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ABORT_AT,
  CONTROL,
  lineOf,
  makeControl,
  type ThreadMessage,
} from '../../../src/engine/runtime/thread-control.js';
import { ThreadPool } from '../../../src/engine/runtime/thread-pool.js';
import { startThread } from '../../../src/engine/runtime/thread-start.js';
import { countingProgram } from './thread-program.js';

/** A browser's worker, which only keeps what it is told. */
class FakeWorker extends EventTarget {
  static readonly made: FakeWorker[] = [];
  readonly messages: ThreadMessage[] = [];
  ended = false;

  constructor(
    readonly url: URL,
    readonly options: WorkerOptions,
  ) {
    super();
    FakeWorker.made.push(this);
  }
  postMessage(message: ThreadMessage): void {
    this.messages.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  FakeWorker.made.length = 0;
});

describe('in a browser', () => {
  beforeEach(() => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    vi.stubGlobal('Worker', FakeWorker);
  });

  it('a thread is a module worker where the page is cross-origin isolated', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    const gone = vi.fn<(reason: string) => void>();
    const handle = startThread(3, gone)!;
    const [worker] = FakeWorker.made;
    expect(worker!.url.pathname).toMatch(/\/runtime\/thread-entry\.js$/);
    expect(worker!.options).toEqual({ type: 'module', name: 'gradus 3' });
    handle.post({ kind: 'drop', id: 1 });
    expect(worker!.messages).toEqual([{ kind: 'drop', id: 1 }]);
    worker!.dispatchEvent(Object.assign(new Event('error'), { message: 'not found' }));
    expect(gone).toHaveBeenCalledWith('not found');
    handle.stop();
    expect(worker!.ended).toBe(true);
  });

  it('there is none elsewhere, and a pool runs nothing', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    expect(startThread(1, () => undefined)).toBeUndefined();
    expect(new ThreadPool().run(countingProgram().step(2), 10_000)).toBe(false);
  });

  it('there is none where starting one throws', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    vi.stubGlobal('Worker', () => {
      throw new Error('a policy forbids it');
    });
    expect(startThread(1, () => undefined)).toBeUndefined();
  });

  it('its script deals with messages, and says why it cannot load what is for Node', async () => {
    let receive: (event: { data: ThreadMessage }) => void = () => undefined;
    vi.stubGlobal('addEventListener', (type: string, listener: typeof receive) => {
      if (type === 'message') receive = listener;
    });
    await import('../../../src/engine/runtime/thread-entry.js');
    const words = makeControl();
    // Otherwise it would wait for a step after the last message, as a thread does.
    words[lineOf(1) + CONTROL.posted] = 100;
    receive({
      data: { kind: 'begin', words, thread: 1, control: CONTROL, abortAt: ABORT_AT },
    });
    const { program } = countingProgram().step(2);
    receive({ data: { kind: 'load', id: 1, program } });
    expect(words[lineOf(1) + CONTROL.received]).toBe(2);
    expect(words[CONTROL.failed]).toBe(0);
    receive({ data: { kind: 'load', id: 2, program: { ...program, code: 'kernels.node' } } });
    expect(words[lineOf(1) + CONTROL.received]).toBe(3);
    expect(words[CONTROL.failed]).toBe(1);
    const text = new Uint8Array(words.buffer, 4 * CONTROL.text, words[CONTROL.textBytes]);
    expect(Buffer.from(text).toString()).toBe('Error: a browser cannot load kernels.node');
  });
});

describe('in Node', () => {
  it('a thread that ends says so', async () => {
    const reason = await new Promise<string>((resolve) => startThread(1, resolve)!.stop());
    expect(reason).toBe('it has ended');
  });
});
