import type { TypedArray } from '../engine/core/dtype.js';
import { ArgumentError } from '../engine/core/errors.js';
import { receiveError, sendError, WorkerLostError } from './errors.js';
import { isMessage, isSentTensor, mapObjects, type ToPage, type ToWorker } from './protocol.js';
import type { CallOptions, Handlers, Remote } from './remote.js';
import { RemoteTensor, type TensorSource } from './remote-tensor.js';

/** Options of `connect`. */
export interface ConnectOptions {
  /** Milliseconds after which a worker that has not called `expose` is given up. Default: 30,000. */
  readonly timeout?: number;
  /** Called once when the worker is lost, except by `close`: a page may start another then. */
  readonly onLost?: (error: WorkerLostError) => void;
}

/** The page's side of a worker that has called `expose`. */
export interface Client<H> {
  /** The worker's functions. */
  readonly call: Remote<H>;
  /** Resolves once the worker answers; rejects with a WorkerLostError where it does not. */
  readonly ready: Promise<void>;
  /** Ends the worker, in the middle of a step if need be. Calls in progress reject. */
  close(): void;
}

/** What `connect` needs of a Worker. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>;

const TIMEOUT_MS = 30_000;

/**
 * Lets a page call the functions that a worker exposes. Calls may be made at once: they wait for the
 * worker. What they send is what it was when they were made.
 *
 * A call rejects with the error that the function has thrown, of its class, or with a
 * `WorkerLostError` when the worker ends, whatever ends it: nothing stays pending. (In a page without
 * a secure context only errors while it starts are noticed.)
 *
 * @typeParam H The type of what the worker has passed to `expose`.
 * @throws ArgumentError for a timeout that is not a number above 0.
 * @example
 * import type { api } from './trainer.js';
 * const worker = new Worker(new URL('./trainer.js', import.meta.url), { type: 'module' });
 * const { call } = connect<typeof api>(worker);
 * await call.train({ epochs: 3 }, { signal, onEvent: ({ epoch, loss }) => show(epoch, loss) });
 */
export function connect<H extends Handlers>(
  worker: WorkerLike,
  options: ConnectOptions = {},
): Client<H> {
  const { timeout = TIMEOUT_MS } = options;
  if (!(timeout > 0)) {
    throw new ArgumentError(`connect: timeout is ${timeout}; give milliseconds above 0.`);
  }
  const connection = new Connection(worker, timeout, options.onLost);
  const call = new Proxy({} as Remote<H>, {
    get: (_, name) => {
      // Whoever awaits it asks for this one.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (input: unknown, of?: CallOptions) => connection.call(name, input, of);
    },
  });
  return { call, ready: connection.ready, close: () => connection.close() };
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

interface Waiting {
  readonly message: ToWorker;
  readonly transfer: Transferable[];
}

class Connection implements TensorSource {
  readonly ready: Promise<void>;
  private opened!: () => void;
  private refused!: (error: Error) => void;
  /** Messages for when the worker listens; undefined once it does. */
  private waiting: Waiting[] | undefined = [];
  private lost: WorkerLostError | undefined;
  private readonly pending = new Map<number, Pending>();
  private readonly garbage = new FinalizationRegistry<number>((tensor) => this.release(tensor));
  private lastId = 0;
  private readonly lock = `gradus ${performance.timeOrigin} ${Math.random()}`;
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly worker: WorkerLike,
    timeout: number,
    private readonly onLost: ((error: WorkerLostError) => void) | undefined,
  ) {
    this.ready = new Promise((resolve, reject) => {
      this.opened = resolve;
      this.refused = reject;
    });
    // Who does not ask learns it from the calls.
    this.ready.catch(() => undefined);
    worker.addEventListener('message', ({ data }: MessageEvent) => {
      if (isMessage(data)) this.receive(data as ToPage);
    });
    worker.addEventListener('error', (event) => this.failed(event));
    this.timer = setTimeout(
      () =>
        this.end(
          `the worker has not answered within ${timeout / 1000} s; does its script call expose() ` +
            "of 'gradus/browser/worker'?",
        ),
      timeout,
    );
    this.worker.postMessage({ gradus: 'hello', lock: this.lock } satisfies ToWorker);
  }

  call(name: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal, onEvent, transfer = [] } = options;
    const id = ++this.lastId;
    return new Promise<unknown>((resolve, reject) => {
      const abort = (): void => {
        this.post({ gradus: 'abort', id, reason: sendError(signal?.reason) });
      };
      const settle = <T>(then: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          signal?.removeEventListener('abort', abort);
          then(value);
        };
      };
      this.expect(id, { resolve: settle(resolve), reject: settle(reject), onEvent }, () => {
        this.post({ gradus: 'call', id, name, input: this.sent(input) }, [...transfer]);
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      });
    });
  }

  read(tensor: number): Promise<TypedArray> {
    const id = ++this.lastId;
    return new Promise<TypedArray>((resolve, reject) => {
      const done = resolve as (value: unknown) => void;
      this.expect(id, { resolve: done, reject, onEvent: undefined }, () =>
        this.post({ gradus: 'read', id, tensor }),
      );
    });
  }

  release(tensor: number): void {
    if (!this.lost) this.post({ gradus: 'release', tensor });
  }

  close(): void {
    this.end('the client has been closed; connect to a new worker.', true);
  }

  /** Remembers who waits for the answer to what `send` sends. */
  private expect(id: number, pending: Pending, send: () => void): void {
    if (this.lost) return pending.reject(this.lost);
    this.pending.set(id, pending);
    try {
      send();
    } catch (error) {
      this.pending.delete(id);
      pending.reject(error as Error);
    }
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    if (this.lost) return;
    if (this.waiting) this.waiting.push(structuredClone({ message, transfer }, { transfer }));
    else this.worker.postMessage(message, transfer);
  }

  private receive(message: ToPage): void {
    if (this.lost) return;
    switch (message.gradus) {
      case 'here':
        this.worker.postMessage({ gradus: 'hello', lock: this.lock } satisfies ToWorker);
        return;
      case 'ready':
        return this.open(message.locked);
      case 'event':
        this.pending.get(message.id)?.onEvent?.(this.received(message.value));
        return;
      case 'error':
        return this.answer(message.id)?.reject(receiveError(message.error));
      case 'result':
        return this.answer(message.id)?.resolve(this.received(message.value));
      case 'values':
        return this.answer(message.id)?.resolve(message.values);
    }
  }

  private answer(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  private open(locked: boolean): void {
    const { waiting } = this;
    if (!waiting) return;
    clearTimeout(this.timer);
    this.waiting = undefined;
    for (const { message, transfer } of waiting) this.worker.postMessage(message, transfer);
    this.opened();
    if (!locked) return;
    // The worker holds the lock until it dies: there is no event for that.
    const gone = (): void =>
      this.end(
        'the worker has ended, by itself or for want of memory; its tensors are lost: start ' +
          'another and load what was saved last.',
      );
    navigator.locks.request(this.lock, gone).catch(() => undefined);
  }

  /** An error that nobody in the worker has caught: after the start, its own affair. */
  private failed(event: Event): void {
    if (!this.waiting) return;
    const { message } = event as ErrorEvent;
    const why = message ? message : 'its script is not there, or the page may not load it';
    this.end(`the worker cannot be started: ${why}.`);
  }

  private end(what: string, asked = false): void {
    if (this.lost) return;
    clearTimeout(this.timer);
    this.lost = new WorkerLostError(`connect: ${what}`);
    this.worker.terminate();
    this.waiting = undefined;
    this.refused(this.lost);
    for (const pending of this.pending.values()) pending.reject(this.lost);
    this.pending.clear();
    if (!asked) this.onLost?.(this.lost);
  }

  private sent(value: unknown): unknown {
    return mapObjects(value, (object) => {
      if (!(object instanceof RemoteTensor)) return undefined;
      const sent = object.sentTo(this);
      if (sent) return sent;
      throw new ArgumentError(
        `connect: ${object.toString()} lies in another worker; send its values: \`await t.data()\`.`,
      );
    });
  }

  private received(value: unknown): unknown {
    return mapObjects(value, (object) => {
      if (!isSentTensor(object)) return undefined;
      const tensor = new RemoteTensor(this, object);
      this.garbage.register(tensor, object.gradusTensor);
      return tensor;
    });
  }
}
