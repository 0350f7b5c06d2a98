import { DTypeError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { SegmentOp } from '../engine/graph/node.js';
import { apply } from './apply.js';
import { requireValues } from './require-range.js';
import type { Tensor } from './tensor.js';

/**
 * The sums of x over segments of its first axis: y[v] = Σ x[e] over ptr[v] ≤ e < ptr[v + 1], each in
 * ascending order of e; 0 for an empty segment. x is [E, …], of any dtype but bool; ptr is i32
 * [V + 1], not decreasing, within 0…E; the result is [V, …]. Elements before ptr[0] or from ptr[V] on
 * are in no segment. i32 and u8 wrap. Throws an IndexError for pointers that decrease or are out of
 * range, as far as they are known.
 *
 * @example
 * const x = tensor([1, 2, 3, 4]);
 * segmentSum(x, tensor([0, 2, 2, 4], { dtype: 'i32' })); // [3, 0, 7]
 */
export function segmentSum(x: Tensor, ptr: Tensor): Tensor {
  return reduce('segmentSum', x, ptr);
}

/**
 * The maxima of x over segments of its first axis: y[v] = max x[e] over ptr[v] ≤ e < ptr[v + 1]; NaN
 * if there is one; -∞ or the least integer for an empty segment. The first of several maxima gets the
 * gradient. Shapes, dtypes and errors are those of `segmentSum`.
 *
 * @example
 * const x = tensor([1, 5, 3, 4]);
 * segmentMax(x, tensor([0, 2, 4], { dtype: 'i32' })); // [5, 4]
 */
export function segmentMax(x: Tensor, ptr: Tensor): Tensor {
  return reduce('segmentMax', x, ptr);
}

/**
 * The means of x, a float, over segments of its first axis: `segmentSum` divided by the number of
 * elements; 0 for an empty segment. Shapes and errors are those of `segmentSum`.
 *
 * @example
 * const x = tensor([1, 2, 3, 4]);
 * segmentMean(x, tensor([0, 2, 2, 4], { dtype: 'i32' })); // [1.5, 0, 3.5]
 */
export function segmentMean(x: Tensor, ptr: Tensor): Tensor {
  if (x.dtype !== 'f32' && x.dtype !== 'f64') {
    throw new DTypeError(`segmentMean: x is ${x.dtype}; use f32 or f64, for instance by float().`);
  }
  checkPointers('segmentMean', x.shape[0], ptr);
  return apply([x, ptr], (b, node, pointers) => {
    const sums = b.segment('segmentSum', node, pointers);
    const count = sums.shape[0]!;
    const from = (start: number): typeof node =>
      b.slice(pointers, { start: [start], stop: [start + count], step: [1] });
    const elements = b.sub(from(1), from(0));
    const atLeastOne = b.binary('max', elements, b.like(elements, 1));
    const column = b.reshape(b.cast(atLeastOne, node.dtype), [
      count,
      ...sums.shape.slice(1).map(() => 1),
    ]);
    return b.div(sums, b.broadcast(column, sums.shape));
  });
}

/**
 * For each of `size` elements the row of its segment: x[e] = y[v] where ptr[v] ≤ e < ptr[v + 1]; 0 in
 * no segment. y is [V, …] of any dtype, ptr i32 [V + 1], the result [size, …]. It is the transpose of
 * `segmentSum`, and each is the other's gradient. Throws as that does.
 *
 * @example
 * const y = tensor([10, 20, 30]);
 * segmentGather(y, tensor([0, 2, 2, 4], { dtype: 'i32' }), 4); // [10, 10, 30, 30]
 */
export function segmentGather(y: Tensor, ptr: Tensor, size: number): Tensor {
  checkPointers('segmentGather', size, ptr);
  return apply([y, ptr], (b, node, pointers) => b.segmentGather(node, pointers, size));
}

function reduce(op: SegmentOp, x: Tensor, ptr: Tensor): Tensor {
  checkPointers(op, x.shape[0], ptr);
  return apply([x, ptr], (b, node, pointers) => b.segment(op, node, pointers));
}

/** Throws unless `ptr` is an i32 vector and, as far as it is known, ascends within 0 … size. */
function checkPointers(op: string, size: number | undefined, ptr: Tensor): void {
  if (ptr.dtype !== 'i32') {
    throw new DTypeError(`${op}: ptr is ${ptr.dtype}; use i32, for instance by int().`);
  }
  if (size === undefined) {
    throw new ShapeError(`${op}: a scalar has no segments; give x [E, …].`);
  }
  if (ptr.rank !== 1 || ptr.size === 0) {
    throw new ShapeError(
      `${op}: ptr has shape ${formatShape(ptr.shape)}; give a vector [V + 1] for V segments.`,
    );
  }
  requireValues(ptr, [size], (values, [end]) => {
    values.forEach((p, v) => {
      if (p < 0 || p > end!) {
        throw new IndexError(
          `${op}: ptr[${v}] = ${p} is out of range for ${end} elements; use 0…${end}.`,
        );
      }
      const before = v === 0 ? p : values[v - 1]!;
      if (p < before) {
        throw new IndexError(
          `${op}: ptr[${v}] = ${p} comes after ptr[${v - 1}] = ${before}; pointers must not decrease.`,
        );
      }
    });
  });
}
