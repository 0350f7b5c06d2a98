import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import {
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sizeOf,
} from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import type { Axes } from './reduction.js';
import { ReductionTensor } from './reduction.js';

/** What rearranges elements without computing. Negative axes count from the end. */
export abstract class MovementTensor<T extends MovementTensor<T>> extends ReductionTensor<T> {
  /**
   * The elements in row-major order in another shape; one extent may be -1 and is then computed.
   *
   * @example
   * arange(6).reshape([2, -1]); // [[0, 1, 2], [3, 4, 5]]
   */
  reshape(shape: Shape): T {
    return this.result(build.reshape(this.node(), completeShape(this.shape, shape)));
  }

  /** The axes start … end (default all) merged into one. */
  flatten(start = 0, end = -1): T {
    if (this.rank === 0) return this.reshape([1]);
    const a = normalizeAxis('flatten', start, this.rank);
    const z = normalizeAxis('flatten', end, this.rank);
    if (a > z) {
      throw new ShapeError(`flatten: start ${start} lies behind end ${end}; swap them.`);
    }
    const merged = sizeOf(this.shape.slice(a, z + 1));
    return this.reshape([...this.shape.slice(0, a), merged, ...this.shape.slice(z + 1)]);
  }

  /** Without the given axes where their extent is 1 (default: all such axes). */
  squeeze(axis?: Axes): T {
    const axes = normalizeAxes('squeeze', axis, this.rank);
    return this.reshape(this.shape.filter((d, i) => d !== 1 || !axes.includes(i)));
  }

  /** With a new axis of extent 1 at the given place of the result. */
  unsqueeze(axis: number): T {
    const a = normalizeAxis('unsqueeze', axis, this.rank + 1);
    return this.reshape([...this.shape.slice(0, a), 1, ...this.shape.slice(a)]);
  }

  /** With two axes exchanged. */
  transpose(a: number, b: number): T {
    const x = normalizeAxis('transpose', a, this.rank);
    const y = normalizeAxis('transpose', b, this.rank);
    const axes = this.shape.map((_, i) => (i === x ? y : i === y ? x : i));
    return this.result(build.permute(this.node(), axes));
  }

  /** With axis i of the result being axis axes[i]. */
  permute(axes: readonly number[]): T {
    const order = axes.map((a) => normalizeAxis('permute', a, this.rank));
    if (order.length !== this.rank || new Set(order).size !== this.rank) {
      throw new ShapeError(
        `permute: axes [${axes.join(', ')}] do not name each of the ${this.rank} axes of ` +
          `${formatShape(this.shape)} once.`,
      );
    }
    return this.result(build.permute(this.node(), order));
  }

  /** The transpose of a matrix; a vector or scalar as it is. */
  get T(): T {
    if (this.rank > 2) {
      throw new ShapeError(
        `T: a tensor ${formatShape(this.shape)} has ${this.rank} axes; use mT for its last two, ` +
          'or permute().',
      );
    }
    return this.rank < 2 ? this.result(this.node()) : this.transpose(0, 1);
  }

  /** With the last two axes exchanged: the transpose of each matrix. */
  get mT(): T {
    if (this.rank >= 2) return this.transpose(-2, -1);
    throw new ShapeError(
      `mT: a tensor ${formatShape(this.shape)} has no last two axes; use reshape() first.`,
    );
  }

  /** Repeated to `shape` by the rule of broadcasting. */
  broadcastTo(shape: Shape): T {
    checkShape('broadcastTo', shape);
    const missing = shape.length - this.rank;
    const fits = this.shape.every((d, i) => d === 1 || d === shape[i + missing]);
    if (missing < 0 || !fits) {
      throw new ShapeError(
        `broadcastTo: shape ${formatShape(this.shape)} does not repeat to ${formatShape(shape)}; ` +
          'aligned at the end, extents must be equal or 1.',
      );
    }
    return this.result(build.broadcastTo(this.node(), shape));
  }

  /** As `broadcastTo`, where -1 keeps an extent. */
  expand(shape: Shape): T {
    const missing = shape.length - this.rank;
    return this.broadcastTo(shape.map((d, i) => (d === -1 ? (this.shape[i - missing] ?? -1) : d)));
  }

  /** Repeated along each axis; further counts in front add axes. */
  repeat(counts: readonly number[]): T {
    checkShape('repeat', counts);
    const missing = counts.length - this.rank;
    if (missing < 0) {
      throw new ArgumentError(
        `repeat: ${counts.length} counts for a tensor ${formatShape(this.shape)}; ` +
          `give ${this.rank} or more.`,
      );
    }
    const shape = [...new Array<number>(missing).fill(1), ...this.shape];
    const split = shape.flatMap((d) => [1, d]);
    const repeated = shape.flatMap((d, i) => [counts[i]!, d]);
    const x = build.broadcast(build.reshape(this.node(), split), repeated);
    return this.result(
      build.reshape(
        x,
        shape.map((d, i) => d * counts[i]!),
      ),
    );
  }

  /** As `repeat`, where missing counts in front are 1. */
  tile(counts: readonly number[]): T {
    const missing = Math.max(0, this.rank - counts.length);
    return this.repeat([...new Array<number>(missing).fill(1), ...counts]);
  }

  /**
   * With [before, after] elements added to each axis, holding `value` (default 0); negative numbers
   * cut off. Fewer pairs than axes apply to the last ones.
   *
   * @example
   * tensor([1, 2]).pad([[1, 2]]); // [0, 1, 2, 0, 0]
   */
  pad(
    padding: readonly (readonly [number, number])[],
    { value = 0 }: { readonly value?: number } = {},
  ): T {
    const missing = this.rank - padding.length;
    if (missing < 0) {
      throw new ArgumentError(
        `pad: ${padding.length} pairs for a tensor ${formatShape(this.shape)} of ${this.rank} axes.`,
      );
    }
    const pairs = [...new Array<readonly [number, number]>(missing).fill([0, 0]), ...padding];
    if (pairs.every(([low, high]) => low === 0 && high === 0)) return this.result(this.node());
    return this.result(
      build.pad(this.node(), {
        low: pairs.map(([low]) => low),
        high: pairs.map(([, high]) => high),
        interior: pairs.map(() => 0),
        value,
      }),
    );
  }

  /** The elements in reverse order along the axes (default all). */
  flip(axis?: Axes): T {
    return this.result(build.flip(this.node(), normalizeAxes('flip', axis, this.rank)));
  }

  /**
   * The windows of `size` elements that begin at every `step`-th element of an axis: the axis counts
   * the windows, and a new last axis of `size` runs within each. Windows may overlap: a view, whose
   * gradient adds up what it repeats. Throws a ShapeError where no window fits.
   *
   * @example
   * arange(5).unfold(0, 3, 1); // [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
   */
  unfold(axis: number, size: number, step: number): T {
    const a = normalizeAxis('unfold', axis, this.rank);
    const extent = this.shape[a]!;
    if (size > extent) {
      throw new ShapeError(
        `unfold: no window of ${size} fits axis ${axis} of shape ${formatShape(this.shape)}; use ` +
          `1…${extent}.`,
      );
    }
    const attrs = { axis: a, size, stride: step, dilation: 1 };
    return this.result(build.window(this.node(), attrs));
  }

  /** The elements moved by `shift` along an axis; those pushed out come in on the other side. */
  roll(shift: number, axis: number): T {
    const a = normalizeAxis('roll', axis, this.rank);
    const n = this.shape[a]!;
    const first = n === 0 ? 0 : ((-shift % n) + n) % n;
    if (first === 0) return this.result(this.node());
    const x = this.node();
    return this.result(build.concat([sliceAxis(x, a, first, n), sliceAxis(x, a, 0, first)], a));
  }

  /**
   * Every step-th element from start up to but without stop along an axis. Negative bounds count
   * from the end, bounds beyond the ends are moved there, and a negative step walks backwards.
   */
  slice(axis: number, start?: number, stop?: number, step = 1): T {
    const a = normalizeAxis('slice', axis, this.rank);
    return this.result(sliceRange(this.node(), a, { start, stop, step }));
  }

  /** `length` elements from `start` along an axis. Throws a ShapeError where there are fewer. */
  narrow(axis: number, start: number, length: number): T {
    const a = normalizeAxis('narrow', axis, this.rank);
    const n = this.shape[a]!;
    const first = start < 0 ? start + n : start;
    if (first < 0 || length < 0 || first + length > n) {
      throw new ShapeError(
        `narrow: ${length} elements from ${start} do not lie within axis ${axis} of ` +
          `${formatShape(this.shape)}, which has ${n}.`,
      );
    }
    return this.result(sliceAxis(this.node(), a, first, first + length));
  }

  /**
   * Parts along an axis (default 0): of `size` elements each, the last maybe smaller, or of the
   * sizes given, which must add up.
   */
  split(size: number | readonly number[], axis = 0): T[] {
    const a = normalizeAxis('split', axis, this.rank);
    const n = this.shape[a]!;
    const sizes = typeof size === 'number' ? equalParts(n, size) : size;
    const total = sizes.reduce((sum, s) => sum + s, 0);
    if (total !== n) {
      throw new ShapeError(
        `split: sizes [${sizes.join(', ')}] add up to ${total}, and axis ${axis} of ` +
          `${formatShape(this.shape)} has ${n}.`,
      );
    }
    let start = 0;
    return sizes.map((s) => this.narrow(a, (start += s) - s, s));
  }

  /** At most `count` parts of equal size along an axis (default 0), the last maybe smaller. */
  chunk(count: number, axis = 0): T[] {
    if (!Number.isInteger(count) || count < 1) {
      throw new ArgumentError(`chunk: count is ${count}; use an integer above 0.`);
    }
    const n = this.shape[normalizeAxis('chunk', axis, this.rank)]!;
    return this.split(Math.max(1, Math.ceil(n / count)), axis);
  }

  /** The tensors along an axis (default 0), without it. */
  unbind(axis = 0): T[] {
    const a = normalizeAxis('unbind', axis, this.rank);
    const rest = this.shape.filter((_, i) => i !== a);
    return Array.from({ length: this.shape[a]! }, (_, i) => {
      const x = this.node();
      return this.result(build.reshape(sliceAxis(x, a, i, i + 1), rest));
    });
  }

  /** The diagonal elements of the last two axes, `offset` of them to the right; [..., n]. */
  diagonal(offset = 0): T {
    if (this.rank < 2) {
      throw new ShapeError(`diagonal: a tensor ${formatShape(this.shape)} is no matrix.`);
    }
    return this.result(diagonalOf(this.node(), offset));
  }

  /** The lower triangle of the last two axes, up to diagonal `diagonal`; 0 elsewhere. */
  tril(diagonal = 0): T {
    return this.triangle('tril', 'le', diagonal);
  }

  /** The upper triangle of the last two axes, from diagonal `diagonal` on; 0 elsewhere. */
  triu(diagonal = 0): T {
    return this.triangle('triu', 'ge', diagonal);
  }

  private triangle(op: string, kept: 'le' | 'ge', diagonal: number): T {
    if (this.rank < 2) {
      throw new ShapeError(`${op}: a tensor ${formatShape(this.shape)} is no matrix.`);
    }
    const x = this.node();
    const shape = x.shape.slice(-2);
    const row = build.iota(shape, 0, 'i32');
    const limit = build.add(row, build.like(row, diagonal));
    const inside = build.compare(kept, build.iota(shape, 1, 'i32'), limit);
    return this.result(build.where(build.broadcastTo(inside, x.shape), x, build.like(x, 0)));
  }
}

/** Bounds of a slice as a person gives them. */
export interface SliceRange {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}

/** Elements start … stop of one axis. */
export function sliceAxis(
  x: GraphNode,
  axis: number,
  start: number,
  stop: number,
  step = 1,
): GraphNode {
  if (start === 0 && stop === x.shape[axis] && step === 1) return x;
  const along = (here: number, other: readonly number[]): number[] =>
    other.map((v, i) => (i === axis ? here : v));
  const zeros = x.shape.map(() => 0);
  return build.slice(x, {
    start: along(start, zeros),
    stop: along(stop, x.shape),
    step: along(
      step,
      zeros.map(() => 1),
    ),
  });
}

/** A slice by Python's rule: negative bounds count from the end, others are clamped. */
export function sliceRange(x: GraphNode, axis: number, range: SliceRange): GraphNode {
  const { step = 1 } = range;
  const n = x.shape[axis]!;
  if (!Number.isInteger(step) || step === 0) {
    throw new ArgumentError(`slice: step is ${step}; use an integer other than 0.`);
  }
  const within = (bound: number, low: number, high: number): number => {
    if (!Number.isInteger(bound)) throw new ArgumentError(`slice: ${bound} is no integer.`);
    return Math.min(Math.max(bound < 0 ? bound + n : bound, low), high);
  };
  if (step > 0) {
    const start = within(range.start ?? 0, 0, n);
    const stop = Math.max(start, within(range.stop ?? n, 0, n));
    return sliceAxis(x, axis, start, stop, step);
  }
  const start = range.start === undefined ? n - 1 : within(range.start, -1, n - 1);
  const stop = range.stop === undefined ? -1 : within(range.stop, -1, n - 1);
  const mirrored = build.flip(x, [axis]);
  const first = Math.min(n - 1 - start, n);
  return sliceAxis(mirrored, axis, first, Math.max(first, n - 1 - stop), -step);
}

/** The diagonals of the last two axes. */
export function diagonalOf(x: GraphNode, offset: number): GraphNode {
  const rank = x.shape.length;
  const rows = x.shape[rank - 2]!;
  const columns = x.shape[rank - 1]!;
  const outer = x.shape.slice(0, -2);
  const top = Math.max(0, -offset);
  const left = Math.max(0, offset);
  const length = Math.max(0, Math.min(rows - top, columns - left));
  const first = top * columns + left;
  const flat = build.reshape(x, [...outer, rows * columns]);
  const stop = length === 0 ? first : first + (length - 1) * (columns + 1) + 1;
  const start = Math.min(first, rows * columns);
  return sliceAxis(
    flat,
    rank - 2,
    start,
    Math.max(start, Math.min(stop, rows * columns)),
    columns + 1,
  );
}

function completeShape(from: Shape, to: Shape): Shape {
  const unknown = to.filter((d) => d === -1).length;
  const known = sizeOf(to.filter((d) => d !== -1));
  const size = sizeOf(from);
  const shape = unknown === 1 && known > 0 ? to.map((d) => (d === -1 ? size / known : d)) : to;
  if (unknown > 1 || !shape.every((d) => Number.isInteger(d) && d >= 0) || sizeOf(shape) !== size) {
    throw new ShapeError(
      `reshape: ${formatShape(from)} has ${size} elements and does not fit ${formatShape(to)}; ` +
        'the product must be equal, and at most one extent -1.',
    );
  }
  return shape;
}

function equalParts(n: number, size: number): number[] {
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError(`split: size is ${size}; use an integer above 0.`);
  }
  const count = Math.max(1, Math.ceil(n / size));
  return Array.from({ length: count }, (_, i) => Math.min(size, n - i * size));
}
