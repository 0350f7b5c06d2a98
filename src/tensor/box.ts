import type { TypedArray } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import { sizeOf, stridesOf } from '../engine/core/shape.js';

/**
 * Copies the elements that two tensors have in common, where they begin: from one of shape `from`
 * to one of shape `to`, of the same rank. One of the shapes lies within the other.
 */
export function copyBox(source: TypedArray, from: Shape, target: TypedArray, to: Shape): void {
  const common = from.map((d, axis) => Math.min(d, to[axis]!));
  if (sizeOf(common) === 0) return;
  // The axes behind the last in which the shapes differ are copied at once, with that.
  let inner = from.length;
  while (inner > 0 && from[inner - 1] === to[inner - 1]) inner--;
  const run = inner === 0 ? sizeOf(from) : sizeOf(common.slice(inner - 1));
  const outer = common.slice(0, Math.max(0, inner - 1));
  const [a, b] = [stridesOf(from), stridesOf(to)];
  const index = outer.map(() => 0);
  for (let left = sizeOf(outer); left > 0; left--) {
    const offset = (strides: readonly number[]): number =>
      index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
    const start = offset(a);
    target.set(source.subarray(start, start + run), offset(b));
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < outer[axis]!) break;
      index[axis] = 0;
    }
  }
}
