import type { DType, TypedArray } from '../engine/core/dtype.js';
import { GradusError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sizeOf, type Shape } from '../engine/core/shape.js';
import type { SentTensor } from './protocol.js';

/** What a RemoteTensor needs of the worker that its values are in. */
export interface TensorSource {
  read(tensor: number): Promise<TypedArray>;
  release(tensor: number): void;
}

/**
 * A tensor that lies in a worker, as the page knows it. It can be given back to the worker in the
 * input of a call. The worker keeps the values until this object is garbage, or `release()` is called.
 *
 * @example
 * const w: RemoteTensor = await client.call.firstWeight();
 * w.shape; // [128, 784]
 * await w.data(); // Float32Array
 */
export class RemoteTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #source: TensorSource;
  readonly #id: number;

  constructor(source: TensorSource, { gradusTensor, shape, dtype }: SentTensor) {
    this.#source = source;
    this.#id = gradusTensor;
    this.shape = shape;
    this.dtype = dtype;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values now, in row-major order, a copy. */
  data(): Promise<TypedArray> {
    return this.#source.read(this.#id);
  }

  /** Not here: the values are in a worker, and a page cannot wait for it. */
  dataSync(): never {
    throw new GradusError(
      'dataSync: the values are in a worker, and the page cannot stand still until they come; ' +
        'use `await t.data()`.',
    );
  }

  /** The value of a tensor with one element; 0 or 1 for bool. Rejects with a ShapeError for others. */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one; ` +
          'use `await t.data()`.',
      );
    }
    return (await this.data())[0]!;
  }

  /** Lets the worker forget the tensor; afterwards it can no longer be read. */
  release(): void {
    this.#source.release(this.#id);
  }

  /** Dtype and shape; the values are elsewhere. */
  toString(): string {
    return `RemoteTensor ${this.dtype}${formatShape(this.shape)}`;
  }

  /** How it travels back to the worker that it came from, or undefined if that is another one. */
  sentTo(source: TensorSource): SentTensor | undefined {
    if (source !== this.#source) return undefined;
    return { gradusTensor: this.#id, shape: this.shape, dtype: this.dtype };
  }
}
