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
import { serveAsThread, startThread } from '../../../src/engine/runtime/thread-start.js';
import { countingProgram } from './thread-program.js';

/** A browser's worker, which only keeps what it is told. */
class FakeWorker extends EventTarget {
  static readonly made: FakeWorker[] = [];
  readonly messages: ThreadMessage[] = [];
  ended = false;

  constructor(
    readonly url: URL | string,
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
  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
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
    expect((worker!.url as URL).pathname).toMatch(/\/runtime\/thread-entry\.js$/);
    expect(worker!.options).toEqual({ type: 'module', name: 'gradus thread 3' });
    handle.post({ kind: 'drop', id: 1 });
    expect(worker!.messages).toEqual([{ kind: 'drop', id: 1 }]);
    worker!.fail('not found');
    expect(gone).toHaveBeenCalledWith('not found');
    handle.stop();
    expect(worker!.ended).toBe(true);
  });

  it('where its script is not there, that of a worker that offers itself takes over', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    vi.stubGlobal('location', { href: 'http://localhost/worker.js' });
    vi.stubGlobal('name', '');
    expect(serveAsThread()).toBe(false);
    vi.stubGlobal('name', 'gradus thread 2');
    expect(serveAsThread()).toBe(true);
    const gone = vi.fn<(reason: string) => void>();
    const handle = startThread(2, gone)!;
    handle.post({ kind: 'drop', id: 1 });
    FakeWorker.made[0]!.fail('not found');
    expect(FakeWorker.made[0]!.ended).toBe(true);
    expect(gone).not.toHaveBeenCalled();
    const second = FakeWorker.made[1]!;
    expect([second.url, second.options.name]).toEqual([
      'http://localhost/worker.js',
      'gradus thread 2',
    ]);
    // Once its script has said that it runs, nothing is kept, and no other is tried.
    second.dispatchEvent(new Event('message'));
    handle.post({ kind: 'drop', id: 2 });
    expect(second.messages.map((message) => (message as { id: number }).id)).toEqual([1, 2]);
    second.fail('a bug');
    expect(gone).toHaveBeenCalledExactlyOnceWith('a bug');
    expect(FakeWorker.made).toHaveLength(2);
    handle.stop();
    expect(second.ended).toBe(true);
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
    const said = vi.fn<(message: unknown) => void>();
    vi.stubGlobal('postMessage', said);
    await import('../../../src/engine/runtime/thread-entry.js');
    expect(said).toHaveBeenCalledExactlyOnceWith('ready');
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
