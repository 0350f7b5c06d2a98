import type { DType } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../engine/core/errors.js';
import { broadcastShapes, formatShape, normalizeAxis, sizeOf } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { pairNodes } from './coerce.js';
import type { SliceRange } from './movement.js';
import { MovementTensor, sliceAxis, sliceRange } from './movement.js';
import { requireRange } from './require-range.js';
import { TensorValue } from './value.js';

/**
 * What `at` takes for an axis: a number drops it, a range keeps part of it, an i32 tensor picks
 * from it; null adds an axis of extent 1, and '...' stands for as many whole axes as are left.
 */
export type Index<T> = number | SliceRange | T | null | '...';

/** What picks elements by indices, and its counterparts. */
export abstract class IndexingTensor<T extends IndexingTensor<T>> extends MovementTensor<T> {
  /**
   * A part of the tensor, indexed as in NumPy and PyTorch. Several index tensors broadcast and pick
   * together; their axes take the place of the first if they stand side by side, else the front.
   * Negative numbers and indices count from the end. Throws an IndexError where one is out of range.
   *
   * @example
   * const x = arange(12).reshape([3, 4]);
   * x.at(1); // [4, 5, 6, 7]
   * x.at('...', { start: 1, stop: 3 }); // columns 1 and 2
   * x.at(tensor([2, 0], { dtype: 'i32' })); // rows 2 and 0
   * x.at(null, { step: -1 }); // [1, 3, 4], rows in reverse
   */
  at(...indices: readonly Index<T>[]): T {
    const plan = new IndexPlan<T>(this.node());
    for (const index of completeIndices(indices, this.rank)) plan.take(index);
    return this.result(plan.finish());
  }

  /** The slices that `index`, an i32 vector [n], names along an axis. Throws an IndexError. */
  indexSelect(axis: number, index: T): T {
    const a = normalizeAxis('indexSelect', axis, this.rank);
    if (index.rank > 1) {
      throw new ShapeError(
        `indexSelect: index has shape ${formatShape(index.shape)}; give a vector, or use at().`,
      );
    }
    requireIndices('indexSelect', index, 0, this.shape[a]!);
    return this.result(takeAxis(this.node(), a, build.reshape(index.node(), [index.size])));
  }

  /**
   * out[…i…] = x[…index[…i…]…] along an axis, for an i32 index with the rank of x, and as large or
   * smaller along the other axes. Throws an IndexError where one is out of range.
   */
  gather(axis: number, index: T): T {
    const a = normalizeAxis('gather', axis, this.rank);
    requireIndices('gather', index, 0, this.shape[a]!);
    if (index.rank !== this.rank || index.shape.some((d, i) => i !== a && d > this.shape[i]!)) {
      throw new ShapeError(
        `gather: index ${formatShape(index.shape)} does not fit x ${formatShape(this.shape)} on ` +
          `axis ${axis}; use the same rank, and extents not above those of x on the other axes.`,
      );
    }
    let x = this.node();
    index.shape.forEach((d, i) => {
      if (i !== a) x = sliceAxis(x, i, 0, d);
    });
    return this.result(build.gather(x, index.node(), a));
  }

  /**
   * x with source added: out[…index[…i…]…] += source[…i…] along an axis, for an i32 index and a
   * source of one shape, as large as x along the other axes. Sums are made in order.
   */
  scatterAdd(axis: number, index: T, source: T): T {
    const a = normalizeAxis('scatterAdd', axis, this.rank);
    requireIndices('scatterAdd', index, 0, this.shape[a]!);
    const fits = index.shape.every(
      (d, i) => d === source.shape[i] && (i === a || d === this.shape[i]),
    );
    if (!fits || index.rank !== this.rank || source.rank !== this.rank) {
      throw new ShapeError(
        `scatterAdd: x ${formatShape(this.shape)}, index ${formatShape(index.shape)} and source ` +
          `${formatShape(source.shape)} do not fit on axis ${axis}; index and source need one ` +
          'shape, equal to that of x on the other axes.',
      );
    }
    const added = build.scatterAdd(source.node(), index.node(), a, this.shape[a]!);
    const [x, y] = pairNodes('scatterAdd', this.node(), added);
    return this.result(build.add(x, y), source);
  }

  /**
   * For i32 class numbers [...], a tensor [..., classes] that is 1 at the class and 0 elsewhere.
   * PyTorch returns integers; here the dtype is f32 unless given. Throws an IndexError.
   *
   * @example
   * tensor([0, 2], { dtype: 'i32' }).oneHot(3); // [[1, 0, 0], [0, 0, 1]]
   */
  oneHot(classes: number, { dtype = 'f32' }: { readonly dtype?: DType } = {}): T {
    requireIndices('oneHot', this, 0, classes);
    const shape = [...this.shape, classes];
    const x = build.broadcast(build.reshape(this.node(), [...this.shape, 1]), shape);
    const hit = build.compare('eq', x, build.iota(shape, this.rank, 'i32'));
    return this.result(build.cast(hit, dtype));
  }
}

/** Throws unless `index` is i32 and, as far as its values are known, within low … size - 1. */
function requireIndices<T>(op: string, index: TensorValue<T>, low: number, size: number): void {
  if (index.dtype !== 'i32') {
    throw new DTypeError(`${op}: the index is ${index.dtype}; use i32, for instance by int().`);
  }
  requireRange(index, low, size, (value) => outOfRange(op, value, size));
}

function outOfRange(op: string, value: number, size: number): string {
  return `${op}: index ${value} is out of range for an axis of ${size}; use 0…${size - 1}.`;
}

/** Slices of x along `axis` that `index`, of any shape, names; its axes stand in for that one. */
export function takeAxis(x: GraphNode, axis: number, index: GraphNode): GraphNode {
  const n = sizeOf(index.shape);
  const flat = build.reshape(
    index,
    x.shape.map((_, i) => (i === axis ? n : 1)),
  );
  const spread = build.broadcast(
    flat,
    x.shape.map((d, i) => (i === axis ? n : d)),
  );
  const taken = build.gather(x, spread, axis);
  const before = x.shape.slice(0, axis);
  return build.reshape(taken, [...before, ...index.shape, ...x.shape.slice(axis + 1)]);
}

/** `indices` with '...' written out, one for each axis. */
function completeIndices<T>(indices: readonly Index<T>[], rank: number): Index<T>[] {
  const used = indices.filter((i) => i !== null && i !== '...').length;
  const dots = indices.filter((i) => i === '...').length;
  if (used > rank || dots > 1) {
    throw new IndexError(
      dots > 1
        ? "at: '...' is given twice; only one can stand for the rest."
        : `at: ${used} indices for a tensor of ${rank} axes.`,
    );
  }
  const rest = new Array<Index<T>>(rank - used).fill({});
  const where = indices.indexOf('...');
  if (where < 0) return [...indices, ...rest];
  return [...indices.slice(0, where), ...rest, ...indices.slice(where + 1)];
}

/** Applies the indices of `at` from front to back. */
class IndexPlan<T> {
  private axis = 0;
  private readonly picks: { readonly axis: number; readonly index: GraphNode }[] = [];

  constructor(private x: GraphNode) {}

  take(index: Index<T>): void {
    if (index === null) this.insertAxis();
    else if (typeof index === 'number') this.dropAxis(index);
    else if (index instanceof TensorValue) this.pick(index);
    else if (typeof index === 'object') {
      this.x = sliceRange(this.x, this.axis++, index as SliceRange);
    } else throw new ArgumentError(`at: an index is ${String(index)}; see the documentation.`);
  }

  private insertAxis(): void {
    const { shape } = this.x;
    const a = this.axis++;
    this.x = build.reshape(this.x, [...shape.slice(0, a), 1, ...shape.slice(a)]);
  }

  private dropAxis(index: number): void {
    const { shape } = this.x;
    const a = this.axis;
    const n = shape[a]!;
    const i = index < 0 ? index + n : index;
    if (!Number.isInteger(index) || i < 0 || i >= n) {
      throw new IndexError(
        `at: index ${index} is out of range for an axis of ${n} (shape ${formatShape(shape)}); ` +
          `use ${-n}…${n - 1}.`,
      );
    }
    const slice = sliceAxis(this.x, a, i, i + 1);
    this.x = build.reshape(slice, [...shape.slice(0, a), ...shape.slice(a + 1)]);
  }

  private pick(index: TensorValue<unknown>): void {
    const size = this.x.shape[this.axis]!;
    if (index.dtype === 'bool') {
      throw new DTypeError(
        'at: a bool mask would give a shape that depends on values; use where(), or mul() with it.',
      );
    }
    requireIndices('at', index, -size, size);
    const node = index.node();
    const negative = build.compare('lt', node, build.like(node, 0));
    const wrapped = build.where(negative, build.add(node, build.like(node, size)), node);
    this.picks.push({ axis: this.axis++, index: wrapped });
  }

  finish(): GraphNode {
    const [first] = this.picks;
    if (!first) return this.x;
    if (this.picks.length === 1) return takeAxis(this.x, first.axis, first.index);
    return this.pickTogether();
  }

  /** Merges the picked axes into one, and the index tensors into one of positions on it. */
  private pickTogether(): GraphNode {
    const { shape } = this.x;
    const axes = this.picks.map((p) => p.axis);
    const adjacent = axes.every((a, i) => i === 0 || a === axes[i - 1]! + 1);
    const place = adjacent ? axes[0]! : 0;
    const others = shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const order = [...others.slice(0, place), ...axes, ...others.slice(place)];
    const moved = build.permute(this.x, order);
    const extents = axes.map((a) => shape[a]!);
    const merged = build.reshape(moved, [
      ...moved.shape.slice(0, place),
      sizeOf(extents),
      ...moved.shape.slice(place + axes.length),
    ]);
    const common = this.picks.reduce<readonly number[]>(
      (s, p) => broadcastShapes('at', s, p.index.shape),
      [],
    );
    let position = build.constant(0, common, 'i32');
    this.picks.forEach(({ index }, i) => {
      const scaled = build.mul(position, build.like(position, extents[i]!));
      position = build.add(scaled, build.broadcastTo(index, common));
    });
    return takeAxis(merged, place, position);
  }
}
