import { ArgumentError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/named-array.js';

/** Options of `padSequences`. */
export interface PadOptions {
  /** T: longer sequences are cut. Default that of the longest, at least 1. */
  readonly length?: number;
  /** What stands where a sequence has ended. Default 0. */
  readonly padding?: number;
  /** Where it stands: behind the sequence, the default, or in front of it. */
  readonly side?: 'end' | 'start';
  /** Which part of a longer sequence is left out: its end, the default, or its start. */
  readonly cut?: 'end' | 'start';
}

/** Sequences of one length, and how long each had been after cutting. */
export interface PaddedSequences {
  /** i32 [N, T]. */
  readonly ids: NamedArray & { readonly values: Int32Array<ArrayBuffer> };
  /** i32 [N]. */
  readonly lengths: NamedArray & { readonly values: Int32Array<ArrayBuffer> };
}

/**
 * Sequences of different lengths as one array.
 *
 * @throws ArgumentError for a length that is no integer ≥ 1.
 * @example
 * padSequences([[5, 6, 7], [8]]).ids.values; // 5, 6, 7, 8, 0, 0
 */
export function padSequences(
  sequences: readonly ArrayLike<number>[],
  { length, padding = 0, side = 'end', cut = 'end' }: PadOptions = {},
): PaddedSequences {
  const n = sequences.length;
  const t = length ?? sequences.reduce((most, s) => Math.max(most, s.length), 1);
  if (!Number.isInteger(t) || t < 1) {
    throw new ArgumentError(`padSequences: length is ${length}; use an integer of at least 1.`);
  }
  const values = new Int32Array(n * t).fill(padding);
  const lengths = new Int32Array(n);
  for (const [i, sequence] of sequences.entries()) {
    const kept = Math.min(t, sequence.length);
    const from = cut === 'end' ? 0 : sequence.length - kept;
    const at = i * t + (side === 'end' ? 0 : t - kept);
    for (let k = 0; k < kept; k++) values[at + k] = sequence[from + k]!;
    lengths[i] = kept;
  }
  return {
    ids: { dtype: 'i32', shape: [n, t], values },
    lengths: { dtype: 'i32', shape: [n], values: lengths },
  };
}
