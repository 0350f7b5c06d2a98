/** The worker's side: functions that a page may call. */
import { ArgumentError } from '../engine/core/errors.js';
import { runAsThread } from '../engine/runtime/thread-browser.js';
import { serveAsThread } from '../engine/runtime/thread-start.js';
import { Tensor } from '../tensor/index.js';
import { receiveError, sendError } from './errors.js';
import { isMessage, isSentTensor, mapObjects, type ToPage, type ToWorker } from './protocol.js';
import type { CallContext, Handlers } from './remote.js';

export type { CallContext, Handler, Handlers } from './remote.js';

/** What is used of a worker's global object. */
interface WorkerScope {
  postMessage(message: ToPage, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  readonly navigator?: { readonly locks?: LockManager };
}

/**
 * Lets a page call functions of this worker, through the client that `connect` of `gradus/browser`
 * gives it. Each gets the input of the call and a context: `signal`, which fires when the page wants
 * it to stop, and `emit`, which sends the page an event. Several may run at once, in turns: one that
 * takes long should give way now and then, as `fit` does.
 *
 * Inputs, events and results are copied. Tensors among results stay here, the page gets a
 * `RemoteTensor`, which is that tensor again where it comes back in an input.
 *
 * Where a bundler has left out the script of the engine's threads, they run this one, in which
 * `expose` then exposes nothing: long work belongs into the functions.
 *
 * @returns `handlers`, whose type is the page's to import: `connect<typeof api>(worker)`.
 * @throws ArgumentError where it is called a second time, or not in a worker of a page.
 * @example
 * const model = new Linear(2, 1);
 * export const api = expose({
 *   predict: (x: Float32Array) => model.forward(fromData(x, [1, 2])),
 *   async train({ epochs }: { epochs: number }, { signal, emit }: CallContext<EpochRecord>) {
 *     const report = { onEpochEnd: (e: EpochReport) => emit(e.record) };
 *     return fit({ model, optimizer, train, epochs, signal, callbacks: [report] });
 *   },
 * });
 */
export function expose<H extends Handlers>(handlers: H): H {
  const { WorkerGlobalScope: Scope } = globalThis as { WorkerGlobalScope?: new () => WorkerScope };
  const scope: unknown = globalThis;
  if (Scope === undefined || !(scope instanceof Scope)) {
    throw new ArgumentError(
      'expose: this is no worker of a page; start the script with `new Worker(…)`, and connect to it.',
    );
  }
  if (exposed) {
    throw new ArgumentError(
      'expose: this worker has exposed functions already; pass all of them in one call.',
    );
  }
  exposed = true;
  if (serveAsThread()) runAsThread();
  else new Server(scope, handlers).start();
  return handlers;
}

let exposed = false;

class Server {
  private readonly tensors = new Map<number, Tensor>();
  private readonly running = new Map<number, AbortController>();
  /** By name, whether it is held, or will be. */
  private readonly locks = new Map<string, Promise<boolean>>();
  private lastTensor = 0;

  constructor(
    private readonly scope: WorkerScope,
    private readonly handlers: Handlers,
  ) {}

  start(): void {
    this.scope.addEventListener('message', ({ data }) => {
      if (isMessage(data)) void this.receive(data as ToWorker);
    });
    this.scope.postMessage({ gradus: 'here' });
  }

  private async receive(message: ToWorker): Promise<void> {
    if (message.gradus === 'hello') {
      const locked = await this.hold(message.lock);
      this.scope.postMessage({ gradus: 'ready', names: Object.keys(this.handlers), locked });
    } else if (message.gradus === 'call') {
      await this.call(message);
    } else if (message.gradus === 'abort') {
      this.running.get(message.id)?.abort(receiveError(message.reason));
    } else if (message.gradus === 'read') {
      await this.read(message.id, message.tensor);
    } else {
      this.tensors.delete(message.tensor);
    }
  }

  /** Holds a lock as long as this worker lives; false where there are none. */
  private hold(name: string): Promise<boolean> {
    const known = this.locks.get(name);
    if (known) return known;
    const { locks } = this.scope.navigator ?? {};
    const held = new Promise<boolean>((resolve) => {
      if (!locks) return resolve(false);
      const forever = new Promise<never>(() => undefined);
      const granted = (): Promise<never> => {
        resolve(true);
        return forever;
      };
      locks.request(name, granted).catch(() => resolve(false));
    });
    this.locks.set(name, held);
    return held;
  }

  private async call({ id, name, input }: Extract<ToWorker, { gradus: 'call' }>): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    const context: CallContext<unknown> = {
      signal: controller.signal,
      emit: (event) => this.scope.postMessage({ gradus: 'event', id, value: this.sent(event) }),
    };
    try {
      const handler = Object.hasOwn(this.handlers, name) ? this.handlers[name] : undefined;
      if (!handler) {
        const names = Object.keys(this.handlers).join(', ');
        throw new ArgumentError(`expose: this worker has no function '${name}'; it has ${names}.`);
      }
      const result = await handler(this.received(input) as never, context as never);
      this.reply(name, id, this.sent(result));
    } catch (error) {
      this.fail(id, error);
    } finally {
      this.running.delete(id);
    }
  }

  private reply(name: string, id: number, value: unknown): void {
    try {
      this.scope.postMessage({ gradus: 'result', id, value });
    } catch (error) {
      throw new ArgumentError(
        `expose: what '${name}' returns cannot be sent to the page (${(error as Error).message}); ` +
          'return plain data, typed arrays and tensors.',
        { cause: error },
      );
    }
  }

  private async read(id: number, tensor: number): Promise<void> {
    try {
      const values = await this.tensor(tensor).data();
      const { buffer } = values;
      const transfer = buffer instanceof ArrayBuffer ? [buffer] : [];
      this.scope.postMessage({ gradus: 'values', id, values }, transfer);
    } catch (error) {
      this.fail(id, error);
    }
  }

  private fail(id: number, error: unknown): void {
    this.scope.postMessage({ gradus: 'error', id, error: sendError(error) });
  }

  private tensor(id: number): Tensor {
    const found = this.tensors.get(id);
    if (found) return found;
    throw new ArgumentError('RemoteTensor: it has been released; ask the worker for another.');
  }

  /** With what stands for tensors in their place. */
  private sent(value: unknown): unknown {
    return mapObjects(value, (object) => {
      if (!(object instanceof Tensor)) return undefined;
      const id = ++this.lastTensor;
      this.tensors.set(id, object);
      return { gradusTensor: id, shape: [...object.shape], dtype: object.dtype };
    });
  }

  private received(value: unknown): unknown {
    return mapObjects(value, (object) =>
      isSentTensor(object) ? this.tensor(object.gradusTensor) : undefined,
    );
  }
}
