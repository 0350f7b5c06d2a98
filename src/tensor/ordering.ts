import { ArgumentError, DTypeError } from '../engine/core/errors.js';
import { formatShape, normalizeAxis } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { asSum } from './coerce.js';
import { IndexingTensor } from './indexing.js';
import type { ReduceOptions } from './reduction.js';

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** The largest first. Default false. */
  readonly descending?: boolean;
}

/** Options of `topk`. */
export interface TopkOptions {
  /** The largest elements rather than the smallest. Default true. */
  readonly largest?: boolean;
}

/** Options of `cumsum`. */
export interface CumsumOptions {
  /** Begins at the end of the axis. Default false. */
  readonly reverse?: boolean;
  /** Leaves out the element itself. Default false. */
  readonly exclusive?: boolean;
}

/** Elements in order, and where along the axis they were, as i32. */
export interface Ordered<T> {
  readonly values: T;
  readonly indices: T;
}

/** What depends on the order of the elements along an axis. */
export abstract class OrderingTensor<T extends OrderingTensor<T>> extends IndexingTensor<T> {
  /**
   * The elements in order along an axis (default the last), ascending unless `descending`, and
   * where they were: values = x.gather(axis, indices). Equal elements keep their order (in PyTorch
   * only with stable=True), -0 equals 0, and NaN counts as the largest. The gradient goes back to
   * where each element was. Throws a ShapeError for an axis that does not exist, a DTypeError for
   * bool.
   *
   * @example
   * const { values, indices } = tensor([3, 1, 2]).sort();
   * values; // [1, 2, 3]
   * indices; // [1, 2, 0]
   */
  sort(axis = -1, { descending = false }: SortOptions = {}): Ordered<T> {
    return this.ordered('sort', axis, { descending });
  }

  /**
   * The positions, as i32, of the elements in order along an axis (default the last): the indices
   * of `sort`.
   *
   * @example
   * tensor([3, 1, 2]).argsort(0, { descending: true }); // [0, 2, 1]
   */
  argsort(axis = -1, { descending = false }: SortOptions = {}): T {
    return this.result(this.positions('argsort', axis, { descending }).indices);
  }

  /**
   * The k largest elements along an axis (default the last), or the smallest, and where they were,
   * in order: the first k of `sort`. Of equal elements the first counts before the others; NaN
   * counts as the largest. Throws an ArgumentError unless 0 ≤ k ≤ the extent of the axis.
   *
   * @example
   * tensor([3, 1, 2]).topk(2).values; // [3, 2]
   * tensor([3, 1, 2]).topk(1, 0, { largest: false }).indices; // [1]
   */
  topk(k: number, axis = -1, { largest = true }: TopkOptions = {}): Ordered<T> {
    return this.ordered('topk', axis, { descending: largest, count: k });
  }

  /**
   * The k-th smallest element along an axis (default the last), k counting from 1, and where it was;
   * the axis disappears unless `keepDim`. Of equal elements the first counts before the others; NaN
   * counts as the largest. Throws an ArgumentError unless 1 ≤ k ≤ the extent of the axis.
   *
   * @example
   * tensor([3, 1, 2]).kthvalue(2).values.item(); // 2
   */
  kthvalue(k: number, axis = -1, { keepDim = false }: ReduceOptions = {}): Ordered<T> {
    const a = normalizeAxis('kthvalue', axis, this.rank);
    const { indices } = this.positions('kthvalue', a, { descending: false, count: k, least: 1 });
    const last = build.slice(indices, {
      start: this.shape.map((_, i) => (i === a ? k - 1 : 0)),
      stop: indices.shape,
      step: this.shape.map(() => 1),
    });
    const kept = last.shape.filter((_, i) => keepDim || i !== a);
    const values = build.gather(this.node(), last, a);
    return {
      values: this.result(build.reshape(values, kept)),
      indices: this.result(build.reshape(last, kept)),
    };
  }

  /**
   * y_k = Σ_{i ≤ k} x_i along an axis, added one after the other; bool and u8 add up as i32.
   * `reverse` sums from k to the end, `exclusive` leaves x_k out. Throws a ShapeError for an axis
   * that does not exist.
   *
   * @example
   * tensor([1, 2, 3]).cumsum(0); // [1, 3, 6]
   * tensor([1, 2, 3]).cumsum(0, { exclusive: true }); // [0, 1, 3]
   */
  cumsum(axis: number, { reverse = false, exclusive = false }: CumsumOptions = {}): T {
    const a = normalizeAxis('cumsum', axis, this.rank);
    return this.result(build.cumsum(asSum(this.node()), { axis: a, reverse, exclusive }));
  }

  private ordered(op: string, axis: number, wanted: Wanted): Ordered<T> {
    const { a, indices } = this.positions(op, axis, wanted);
    return {
      values: this.result(build.gather(this.node(), indices, a)),
      indices: this.result(indices),
    };
  }

  private positions(
    op: string,
    axis: number,
    { descending, count, least = 0 }: Wanted,
  ): { readonly a: number; readonly indices: GraphNode } {
    const a = normalizeAxis(op, axis, this.rank);
    if (this.dtype === 'bool') {
      throw new DTypeError(`${op}: x is bool; cast it to u8 first, for instance by to('u8').`);
    }
    const n = this.shape[a]!;
    const k = count ?? n;
    if (!Number.isInteger(k) || k < least || k > n) throw outOfRange(op, k, least, this.shape, a);
    return { a, indices: build.argsort(this.node(), { axis: a, descending, count: k }) };
  }
}

interface Wanted {
  readonly descending: boolean;
  /** How many elements; all unless given. */
  readonly count?: number;
  readonly least?: number;
}

function outOfRange(
  op: string,
  k: number,
  least: number,
  shape: readonly number[],
  axis: number,
): ArgumentError {
  return new ArgumentError(
    `${op}: k is ${k} for axis ${axis} of shape ${formatShape(shape)}; use ${least}…${shape[axis]!}.`,
  );
}
