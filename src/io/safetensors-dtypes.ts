import type { DType, TypedArray } from '../engine/core/dtype.js';
import { widenBfloat, widenHalf } from './half.js';

/** A value that the dtype it is read into cannot hold; the message completes a sentence. */
export class ValueError extends Error {}

/** How a dtype of the file is read. */
export interface Stored {
  readonly bytes: number;
  readonly dtype: DType;
  /** Converts the tensor's own copy of its bytes; a ValueError where a value does not fit. */
  readonly read: (bytes: Uint8Array) => TypedArray;
}

/** The file's dtypes and what they become here. Narrow types widen, 64-bit integers must fit. */
export const STORED: Readonly<Record<string, Stored>> = {
  F64: { bytes: 8, dtype: 'f64', read: (b) => new Float64Array(b.buffer) },
  F32: { bytes: 4, dtype: 'f32', read: (b) => new Float32Array(b.buffer) },
  F16: { bytes: 2, dtype: 'f32', read: widenHalf },
  BF16: { bytes: 2, dtype: 'f32', read: widenBfloat },
  I64: { bytes: 8, dtype: 'i32', read: (b) => narrow(new BigInt64Array(b.buffer)) },
  U64: { bytes: 8, dtype: 'i32', read: (b) => narrow(new BigUint64Array(b.buffer)) },
  I32: { bytes: 4, dtype: 'i32', read: (b) => new Int32Array(b.buffer) },
  U32: { bytes: 4, dtype: 'i32', read: (b) => narrow(new Uint32Array(b.buffer)) },
  I16: { bytes: 2, dtype: 'i32', read: (b) => Int32Array.from(new Int16Array(b.buffer)) },
  U16: { bytes: 2, dtype: 'i32', read: (b) => Int32Array.from(new Uint16Array(b.buffer)) },
  I8: { bytes: 1, dtype: 'i32', read: (b) => Int32Array.from(new Int8Array(b.buffer)) },
  U8: { bytes: 1, dtype: 'u8', read: (b) => b },
  BOOL: { bytes: 1, dtype: 'bool', read: checkBool },
};

/** The dtype names that we write. */
export const WRITTEN: Record<DType, string> = {
  f32: 'F32',
  f64: 'F64',
  i32: 'I32',
  u8: 'U8',
  bool: 'BOOL',
};

function narrow(from: BigInt64Array | BigUint64Array | Uint32Array): Int32Array {
  const out = new Int32Array(from.length);
  for (let i = 0; i < out.length; i++) {
    const v = from[i]!;
    if (v < -2147483648 || v > 2147483647) {
      throw new ValueError(
        `holds ${v} at element ${i}, which does not fit i32, our widest integer.`,
      );
    }
    out[i] = Number(v);
  }
  return out;
}

function checkBool(bytes: Uint8Array): Uint8Array {
  const i = bytes.findIndex((b) => b > 1);
  if (i >= 0) throw new ValueError(`holds ${bytes[i]!} at element ${i}; a BOOL is 0 or 1.`);
  return bytes;
}
