/** Element types of tensors. `bool` is stored as one byte, 0 or 1. */
export type DType = 'f32' | 'f64' | 'i32' | 'u8' | 'bool';

export const DTYPES: readonly DType[] = ['f32', 'f64', 'i32', 'u8', 'bool'];

/** The typed arrays that hold tensor values outside the engine. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const BYTES: Record<DType, number> = { f32: 4, f64: 8, i32: 4, u8: 1, bool: 1 };

/** Bytes of one element. */
export function byteSize(dtype: DType): number {
  return BYTES[dtype];
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'f32' || dtype === 'f64';
}

/** The least value of a dtype: the maximum of nothing. */
export function leastOf(dtype: DType): number {
  return isFloat(dtype) ? -Infinity : dtype === 'i32' ? -2147483648 : 0;
}

/** The greatest value of a dtype but NaN: the minimum of nothing. */
export function greatestOf(dtype: DType): number {
  if (isFloat(dtype)) return Infinity;
  return dtype === 'i32' ? 2147483647 : dtype === 'u8' ? 255 : 1;
}

/** A zero-filled host array of `length` elements. */
export function allocate(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'f32':
      return new Float32Array(length);
    case 'f64':
      return new Float64Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'u8':
    case 'bool':
      return new Uint8Array(length);
  }
}

/** A typed view of `length` elements at `offset` bytes of `buffer`. */
export function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer, offset, length);
    case 'f64':
      return new Float64Array(buffer, offset, length);
    case 'i32':
      return new Int32Array(buffer, offset, length);
    case 'u8':
    case 'bool':
      return new Uint8Array(buffer, offset, length);
  }
}

/** `value` as `dtype` stores it: rounded to f32, wrapped to i32 or u8, 0 or 1 for bool. */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case 'f32':
      return Math.fround(value);
    case 'f64':
      return value;
    case 'i32':
      return saturateToI32(value);
    case 'u8':
      return saturateToI32(value) & 255;
    case 'bool':
      return value !== 0 ? 1 : 0;
  }
}

/** Truncates towards zero, saturates at the ends of i32, and turns NaN into 0. */
export function saturateToI32(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.max(-2147483648, Math.min(2147483647, value))) | 0;
}

const RANK: Record<DType, number> = { bool: 0, u8: 1, i32: 2, f32: 3, f64: 4 };

/** The smallest of the two dtypes that holds both, in the order bool < u8 < i32 < f32 < f64. */
export function promote(a: DType, b: DType): DType {
  return RANK[a] >= RANK[b] ? a : b;
}
