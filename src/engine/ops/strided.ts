/** Index arithmetic of the reference implementations: clear, exact and slow on purpose. */
import type { Shape } from '../core/shape.js';
import { sizeOf, stridesOf } from '../core/shape.js';

/**
 * base + Σ index[d] · strides[d] for every index of `shape`, in row-major order. Strides may be
 * zero or negative.
 */
export function offsetsOf(shape: Shape, strides: readonly number[], base = 0): Float64Array {
  const offsets = new Float64Array(sizeOf(shape));
  if (offsets.length === 0) return offsets;
  offsets[0] = base;
  let filled = 1;
  // Fill the innermost axis, then repeat what is there for each step of the axis outside it.
  for (let d = shape.length - 1; d >= 0; d--) {
    for (let i = 1; i < shape[d]!; i++) {
      const step = i * strides[d]!;
      for (let k = 0; k < filled; k++) offsets[i * filled + k] = offsets[k]! + step;
    }
    filled *= shape[d]!;
  }
  return offsets;
}

/** The elements of `data` at `offsets`. */
export function pick(data: Float64Array, offsets: Float64Array): Float64Array {
  const out = new Float64Array(offsets.length);
  for (let k = 0; k < out.length; k++) out[k] = data[offsets[k]!]!;
  return out;
}

/** `list` at the given positions. */
export function at<T>(list: readonly T[], positions: readonly number[]): T[] {
  return positions.map((p) => list[p]!);
}

/** The axes of a tensor of rank `rank` that are in none of `taken`, ascending. */
export function otherAxes(rank: number, ...taken: readonly (readonly number[])[]): number[] {
  const axes = Array.from({ length: rank }, (_, i) => i);
  return axes.filter((a) => !taken.some((list) => list.includes(a)));
}

/** Offsets of all indices that run over `axes` of a row-major tensor of `shape`, the rest 0. */
export function offsetsAlong(shape: Shape, axes: readonly number[]): Float64Array {
  return offsetsOf(at(shape, axes), at(stridesOf(shape), axes));
}

/** The permutation that undoes `axes`. */
export function inversePermutation(axes: readonly number[]): number[] {
  return axes.map((_, i) => axes.indexOf(i));
}
