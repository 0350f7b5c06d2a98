import type { TypedArray } from '../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import type { NamedArray } from '../io/named-array.js';

/** Mean and standard deviation that `ArrayDataset.normalized` takes off a column. */
export interface Normalization {
  /**
   * After scaling: for images stored as u8, of pixels in 0 … 1. A list has one for each channel, the
   * first dimension of a sample.
   */
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
  /** Factor before anything else; default 1/255 for u8, otherwise 1. */
  readonly scale?: number;
}

/** A normalization as it is computed: factor · value + offset, by channel. */
export interface Affine {
  /** Elements of a channel; channel c of a sample begins at c · plane. */
  readonly plane: number;
  readonly factors: readonly number[];
  readonly offsets: readonly number[];
  /** For u8, the 256 results of each channel. */
  readonly tables: readonly Float32Array[] | undefined;
}

/**
 * What a normalization does to samples of a column.
 *
 * @param array the column, `[N, ...]`.
 * @throws ArgumentError for numbers that are not finite and std ≤ 0, ShapeError where a list is not
 *   one number for each channel.
 */
export function affineOf(
  op: string,
  array: NamedArray,
  { mean, std, scale = array.dtype === 'u8' ? 1 / 255 : 1 }: Normalization,
): Affine {
  const sample = array.shape.slice(1);
  const listed = [mean, std].find((v) => typeof v !== 'number');
  const channels = listed === undefined ? 1 : listed.length;
  for (const [name, given] of Object.entries({ mean, std })) {
    if (typeof given === 'number' || (given.length === sample[0] && given.length > 0)) continue;
    throw new ShapeError(
      `${op}: ${name} has ${given.length} numbers, samples have shape ${formatShape(sample)}; give ` +
        'one number, or one for each channel (dim 0 of a sample).',
    );
  }
  const means = typeof mean === 'number' ? new Array<number>(channels).fill(mean) : mean;
  const stds = typeof std === 'number' ? new Array<number>(channels).fill(std) : std;
  if (![...means, ...stds, scale].every(Number.isFinite) || !stds.every((s) => s > 0)) {
    throw new ArgumentError(
      `${op}: mean ${means.join(', ')}, std ${stds.join(', ')}, scale ${scale}; all must be finite, ` +
        'std > 0.',
    );
  }
  const factors = stds.map((s) => scale / s);
  const offsets = means.map((m, c) => -m / stds[c]!);
  const table = (factor: number, c: number): Float32Array =>
    Float32Array.from({ length: 256 }, (_, v) => v * factor + offsets[c]!);
  return {
    plane: sizeOf(sample) / channels,
    factors,
    offsets,
    tables: array.values instanceof Uint8Array ? factors.map(table) : undefined,
  };
}

/** Normalizes `count` values from `start`, which is where a sample begins, to `out` from `at`. */
export function normalizeInto(
  from: TypedArray,
  start: number,
  count: number,
  { plane, factors, offsets, tables }: Affine,
  out: TypedArray,
  at: number,
): void {
  const channels = factors.length;
  for (let begin = 0, c = 0; begin < count; begin += plane, c = (c + 1) % channels) {
    const end = begin + plane;
    if (tables !== undefined) {
      const table = tables[c]!;
      for (let k = begin; k < end; k++) out[at + k] = table[from[start + k]!]!;
    } else {
      const factor = factors[c]!;
      const offset = offsets[c]!;
      for (let k = begin; k < end; k++) out[at + k] = from[start + k]! * factor + offset;
    }
  }
}
