import { allocate } from '../engine/core/dtype.js';
import { ArgumentError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/named-array.js';

/** One sample: for each column its values, `[...]` without a leading dimension. */
export type Sample<K extends string = string> = Readonly<Record<K, NamedArray>>;

/** Samples stacked: each column's values as `[N, ...]`. */
export type Batch<K extends string = string> = Readonly<Record<K, NamedArray>>;

/** A numbered collection of samples that have the same columns, dtypes and shapes. */
export interface Dataset<K extends string = string> {
  /** Number of samples. */
  readonly length: number;
  /** Names of the classes that the labels count through, where there are any. */
  readonly classes?: readonly string[];
  /** Sample `index` of 0 … length - 1; a promise where it has to be fetched. */
  get(index: number): Sample<K> | Promise<Sample<K>>;
  /**
   * The samples `indices`, stacked: the fast path of sets in memory.
   *
   * @param into arrays of an earlier batch of at least as many samples, whose values are
   *   overwritten and used for the result.
   */
  batch?(indices: Int32Array, into?: Batch<K>): Batch<K>;
}

/** Number of samples in a batch. */
export function batchLength(batch: Batch): number {
  return Object.values(batch)[0]?.shape[0] ?? 0;
}

/** Throws an IndexError unless `index` is a sample of a set of `length`. */
export function checkIndex(op: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new IndexError(
      `${op}: index ${index} is outside the set; ` +
        (length === 0 ? 'it is empty.' : `use 0…${length - 1}.`),
    );
  }
}

/**
 * Samples as one batch, column by column.
 *
 * @throws ShapeError where samples differ in columns, dtype or shape.
 */
export function stackSamples<K extends string>(samples: readonly Sample<K>[]): Batch<K> {
  const first = samples[0];
  if (first === undefined) throw new ArgumentError('stackSamples: no samples; give at least one.');
  const batch: Partial<Record<K, NamedArray>> = {};
  for (const name of Object.keys(first) as K[]) {
    const { dtype, shape } = first[name];
    const row = sizeOf(shape);
    const values = allocate(dtype, samples.length * row);
    for (const [i, sample] of samples.entries()) {
      const found = sample[name] as NamedArray | undefined;
      if (found === undefined || found.dtype !== dtype || !sameShape(found.shape, shape)) {
        const what = found === undefined ? 'missing' : `${found.dtype} ${formatShape(found.shape)}`;
        throw new ShapeError(
          `stackSamples: '${name}' is ${dtype} ${formatShape(shape)} in the first sample and ${what} in ` +
            `sample ${i} of the batch; samples of one batch need the same columns and shapes.`,
        );
      }
      values.set(found.values, i * row);
    }
    batch[name] = { dtype, shape: [samples.length, ...shape], values };
  }
  return batch as Batch<K>;
}
