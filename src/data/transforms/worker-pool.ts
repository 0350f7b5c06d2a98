import { withBuiltin } from '../../engine/core/builtin.js';
import * as errors from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import type { TransformSpec } from './image-transform.js';
import type { BatchDraw } from './transform-batch.js';
import type { TransformReply, TransformTask } from './worker-entry.js';

/** What is used of node:worker_threads. */
interface NodeThreads {
  readonly Worker: new (script: URL, options: object) => NodeWorker;
}

interface NodeWorker {
  on(event: 'message', listener: (reply: TransformReply) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'exit', listener: () => void): void;
  postMessage(task: TransformTask, transfer: readonly ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}

interface Waiting {
  readonly resolve: (images: NamedArray) => void;
  readonly reject: (error: Error) => void;
}

/** A worker that has been started, and the tasks that it has not answered. */
interface Slot {
  readonly worker: NodeWorker;
  readonly waiting: Map<number, Waiting>;
}

// A name, so that no bundler for browsers takes the script along: there are no such workers there.
const SCRIPT = './worker-entry.js';

/** Whether there are threads that a `TransformPool` could use: in Node. */
export function hasWorkers(): boolean {
  return withBuiltin('node:worker_threads', () => true) === true;
}

/**
 * Threads that transform batches. They start when they are first needed, and keep the process alive only
 * while they have something to do.
 */
export class TransformPool {
  private readonly slots: (Slot | undefined)[];
  private tasks = 0;

  constructor(
    private readonly spec: TransformSpec,
    count: number,
  ) {
    this.slots = new Array<Slot | undefined>(count).fill(undefined);
  }

  /**
   * `transformBatch` in the worker that has least to do; the images given are copied.
   *
   * @throws what `transformBatch` does, and a GradusError where the worker ends.
   */
  run(images: NamedArray, draw: BatchDraw): Promise<NamedArray> {
    return new Promise((resolve, reject) => {
      const slot = this.idlest();
      const id = this.tasks++;
      const samples = Int32Array.from(draw.samples);
      const values = images.values.slice();
      if (slot.waiting.size === 0) slot.worker.ref();
      slot.waiting.set(id, { resolve, reject });
      slot.worker.postMessage({ ...draw, samples, id, images: { ...images, values } }, [
        values.buffer,
      ]);
    });
  }

  /** Ends the workers; what they have not answered is rejected. */
  async close(): Promise<void> {
    const started = this.slots.filter((slot) => slot !== undefined);
    // From now on others take what comes.
    this.slots.fill(undefined);
    await Promise.all(started.map(({ worker }) => worker.terminate()));
  }

  /** The worker with the fewest tasks; one that has not been started has none. */
  private idlest(): Slot {
    let best = 0;
    const load = (i: number): number => this.slots[i]?.waiting.size ?? 0;
    for (let i = 1; i < this.slots.length; i++) if (load(i) < load(best)) best = i;
    return (this.slots[best] ??= this.start(best));
  }

  private start(index: number): Slot {
    const worker = withBuiltin(
      'node:worker_threads',
      ({ Worker }: NodeThreads) =>
        new Worker(new URL(SCRIPT, import.meta.url), {
          workerData: this.spec,
          execArgv: [],
          name: `gradus transforms ${index}`,
        }),
    )!;
    const slot: Slot = { worker, waiting: new Map() };
    const end = (reason: string): void => {
      if (this.slots[index] === slot) this.slots[index] = undefined;
      const error = new errors.GradusError(
        `DataLoader: a worker that transforms images has ended (${reason}); use workers: 0 to do ` +
          'without, which shows the cause.',
      );
      for (const { reject } of slot.waiting.values()) reject(error);
      slot.waiting.clear();
    };
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => end('it was stopped'));
    worker.on('message', (reply) => {
      const waiting = slot.waiting.get(reply.id);
      slot.waiting.delete(reply.id);
      if (slot.waiting.size === 0) worker.unref();
      if ('images' in reply) waiting?.resolve(reply.images);
      else waiting?.reject(errorOf(reply.error));
    });
    worker.unref();
    return slot;
  }
}

/** An error of the class that it had in the worker. */
function errorOf({ name, message }: { name: string; message: string }): Error {
  const { ShapeError, ArgumentError, DTypeError, IndexError } = errors;
  const classes = { ShapeError, ArgumentError, DTypeError, IndexError };
  const known = Object.hasOwn(classes, name) ? classes[name as keyof typeof classes] : undefined;
  return known === undefined ? new Error(`${name}: ${message}`) : new known(message);
}
