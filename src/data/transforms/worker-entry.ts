import { withBuiltin } from '../../engine/core/builtin.js';
import type { NamedArray } from '../../io/named-array.js';
import type { TransformSpec } from './image-transform.js';
import { transformBatch, type BatchDraw } from './transform-batch.js';
import { transformFromJSON } from './transform-from-json.js';

/** A batch to transform. */
export interface TransformTask extends BatchDraw {
  readonly id: number;
  readonly images: NamedArray;
}

/** What has become of it: the images, or name and message of an error. */
export type TransformReply =
  | { readonly id: number; readonly images: NamedArray }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };

/** What is used of node:worker_threads within a worker. */
interface WorkerSide {
  readonly workerData: TransformSpec;
  readonly parentPort: {
    on(event: 'message', listener: (task: TransformTask) => void): void;
    postMessage(reply: TransformReply, transfer: readonly ArrayBuffer[]): void;
  };
}

// The whole of a worker that transforms batches: see worker-pool.ts.
withBuiltin('node:worker_threads', ({ workerData, parentPort }: WorkerSide) => {
  const transform = transformFromJSON(workerData);
  parentPort.on('message', ({ id, images, ...draw }) => {
    try {
      const out = transformBatch(transform, images, draw);
      parentPort.postMessage({ id, images: out }, [out.values.buffer as ArrayBuffer]);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      parentPort.postMessage({ id, error: { name, message } }, []);
    }
  });
});
