import { ArgumentError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { normalizeAxes, normalizeAxis, sizeOf } from '../engine/core/shape.js';
import type { GraphNode, ReduceOp } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { asFloat, asNumber, asSum } from './coerce.js';
import { ElementwiseTensor } from './elementwise.js';
import { cutFrom } from './history.js';

/** One axis, several, or undefined for all. Negative axes count from the end. */
export type Axes = number | readonly number[] | undefined;

/** Options of `sum`, `mean`, `max` and the other reductions. */
export interface ReduceOptions {
  /** The reduced axes stay, with extent 1. Default false. */
  readonly keepDim?: boolean;
}

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** What is subtracted from the number of elements in the divisor. Default 1. */
  readonly correction?: number;
}

/** Options of `norm`. */
export interface NormOptions extends ReduceOptions {
  /** The exponent p > 0, or Infinity. Default 2. */
  readonly p?: number;
}

/**
 * What sums up axes. All take the axes to reduce (default: all of them) and `keepDim`. An axis that
 * does not exist throws a ShapeError.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).sum(1); // [3, 7]
 * tensor([[1, 2], [3, 4]]).mean(0, { keepDim: true }); // [[2, 3]]
 */
export abstract class ReductionTensor<T extends ReductionTensor<T>> extends ElementwiseTensor<T> {
  /** Σ x. Over nothing it is 0; bool and u8 add up as i32. */
  sum(axis?: Axes, options: ReduceOptions = {}): T {
    return this.reduction('sum', 'sum', asSum(this.node()), axis, options);
  }

  /** Π x. Over nothing it is 1; bool and u8 multiply as i32. The gradient is exact with zeros. */
  prod(axis?: Axes, options: ReduceOptions = {}): T {
    return this.reduction('prod', 'prod', asSum(this.node()), axis, options);
  }

  /** Σ x / n, a float. Over nothing it is NaN. */
  mean(axis?: Axes, options: ReduceOptions = {}): T {
    const x = asFloat(this.node());
    const axes = normalizeAxes('mean', axis, x.shape.length);
    const total = reduced('sum', x, axes, options);
    return this.result(build.div(total, build.like(total, countOf(x.shape, axes))));
  }

  /**
   * The largest element; NaN if there is one. Ties share the gradient equally. Throws a ShapeError
   * where there are no elements.
   */
  max(axis?: Axes, options: ReduceOptions = {}): T {
    return this.extremum('max', 'reduceMax', axis, options);
  }

  /** The smallest element, otherwise as `max`. */
  min(axis?: Axes, options: ReduceOptions = {}): T {
    return this.extremum('min', 'reduceMin', axis, options);
  }

  /** As `max`: PyTorch's name for the maximum without indices. */
  amax(axis?: Axes, options: ReduceOptions = {}): T {
    return this.extremum('amax', 'reduceMax', axis, options);
  }

  /** As `min`: PyTorch's name for the minimum without indices. */
  amin(axis?: Axes, options: ReduceOptions = {}): T {
    return this.extremum('amin', 'reduceMin', axis, options);
  }

  /** The index of the first largest element along an axis, or of all in row-major order; i32. */
  argmax(axis?: number, options: ReduceOptions = {}): T {
    return this.arg('argmax', 'argMax', axis, options);
  }

  /** The index of the first smallest element along an axis, or of all in row-major order; i32. */
  argmin(axis?: number, options: ReduceOptions = {}): T {
    return this.arg('argmin', 'argMin', axis, options);
  }

  /**
   * Σ (x - mean)² / (n - correction): by default the unbiased estimate, with divisor n - 1, as in
   * PyTorch; with correction 0 the mean of squares. NaN where n ≤ correction.
   */
  variance(axis?: Axes, options: VarianceOptions = {}): T {
    return this.result(varianceOf('variance', asFloat(this.node()), axis, options));
  }

  /** The square root of `variance`. Its gradient is 0 where it is 0. */
  std(axis?: Axes, options: VarianceOptions = {}): T {
    return this.result(flatRoot(varianceOf('std', asFloat(this.node()), axis, options), 0.5));
  }

  /**
   * (Σ |x|^p)^(1/p), the maximum of |x| for p = Infinity. The gradient of a norm that is 0 is 0.
   * Throws an ArgumentError unless p > 0.
   *
   * @example
   * tensor([3, 4]).norm().item(); // 5
   */
  norm(axis?: Axes, options: NormOptions = {}): T {
    const { p = 2 } = options;
    if (!(p > 0)) throw new ArgumentError(`norm: p is ${p}; use a number above 0, or Infinity.`);
    const x = asFloat(this.node());
    const axes = normalizeAxes('norm', axis, x.shape.length);
    const size = build.unary('abs', x);
    if (p === Infinity) return this.result(reduced('reduceMax', size, axes, options));
    if (p === 1) return this.result(reduced('sum', size, axes, options));
    const powers = p === 2 ? build.mul(x, x) : build.binary('pow', size, build.like(size, p));
    return this.result(flatRoot(reduced('sum', powers, axes, options), 1 / p));
  }

  /** Whether all elements are other than 0, as bool. Over nothing it is true. */
  all(axis?: Axes, options: ReduceOptions = {}): T {
    return this.truth('all', 'prod', axis, options);
  }

  /** Whether any element is other than 0, as bool. Over nothing it is false. */
  any(axis?: Axes, options: ReduceOptions = {}): T {
    return this.truth('any', 'sum', axis, options);
  }

  /** ln Σ e^x, without overflow. -∞ where all elements are. */
  logSumExp(axis?: Axes, options: ReduceOptions = {}): T {
    const x = asFloat(this.node());
    const axes = normalizeAxes('logSumExp', axis, x.shape.length);
    const top = finiteOrZero(this.steady('reduceMax', x, axes));
    const shifted = build.sub(x, build.broadcast(top, x.shape));
    const total = build.reduceKeep('sum', build.unary('exp', shifted), axes);
    const y = build.add(build.unary('log', total), top);
    return this.result(options.keepDim ? y : build.reshape(y, without(x.shape, axes)));
  }

  /**
   * e^x / Σ e^x along an axis (default the last), without overflow. Elements of -∞ get 0; NaN where
   * all are -∞.
   */
  softmax(axis = -1): T {
    const x = asFloat(this.node());
    const axes = [normalizeAxis('softmax', axis, x.shape.length)];
    const e = build.unary('exp', this.belowTop(x, axes));
    const total = build.reduceKeep('sum', e, axes);
    return this.result(build.div(e, build.broadcast(total, x.shape)));
  }

  /** ln softmax(x) along an axis (default the last), exact also where softmax is nearly 0 or 1. */
  logSoftmax(axis = -1): T {
    const x = asFloat(this.node());
    const axes = [normalizeAxis('logSoftmax', axis, x.shape.length)];
    const shifted = this.belowTop(x, axes);
    const total = build.reduceKeep('sum', build.unary('exp', shifted), axes);
    return this.result(build.sub(shifted, build.broadcast(build.unary('log', total), x.shape)));
  }

  /** x less its maximum over `axes`. */
  private belowTop(x: GraphNode, axes: readonly number[]): GraphNode {
    return build.sub(x, build.broadcast(this.steady('reduceMax', x, axes), x.shape));
  }

  /** A reduction that keeps its axes and counts as constant in differentiation. */
  private steady(op: ReduceOp, x: GraphNode, axes: readonly number[]): GraphNode {
    const node = build.reduceKeep(op, x, axes);
    return this.requiresGrad ? cutFrom(node) : node;
  }

  private reduction(
    name: string,
    op: ReduceOp,
    x: GraphNode,
    axis: Axes,
    options: ReduceOptions,
  ): T {
    return this.result(reduced(op, x, normalizeAxes(name, axis, x.shape.length), options));
  }

  private extremum(name: string, op: ReduceOp, axis: Axes, options: ReduceOptions): T {
    const x = this.node();
    const wide = x.dtype === 'bool' ? build.cast(x, 'u8') : x;
    const axes = normalizeAxes(name, axis, x.shape.length);
    return this.result(build.cast(reduced(op, wide, axes, options), x.dtype));
  }

  private truth(name: string, op: ReduceOp, axis: Axes, options: ReduceOptions): T {
    const x = this.node();
    const axes = normalizeAxes(name, axis, x.shape.length);
    const ones = build.cast(build.cast(x, 'bool'), 'i32');
    return this.result(build.cast(reduced(op, ones, axes, options), 'bool'));
  }

  private arg(
    name: string,
    op: 'argMax' | 'argMin',
    axis: number | undefined,
    { keepDim = false }: ReduceOptions,
  ): T {
    const x = asNumber(this.node());
    if (axis === undefined) {
      const found = build.arg(op, build.reshape(x, [sizeOf(x.shape)]), 0);
      return this.result(
        keepDim
          ? build.reshape(
              found,
              x.shape.map(() => 1),
            )
          : found,
      );
    }
    const a = normalizeAxis(name, axis, x.shape.length);
    const found = build.arg(op, x, a);
    const kept = x.shape.map((d, i) => (i === a ? 1 : d));
    return this.result(keepDim ? build.reshape(found, kept) : found);
  }
}

function reduced(
  op: ReduceOp,
  x: GraphNode,
  axes: readonly number[],
  { keepDim = false }: ReduceOptions,
): GraphNode {
  return keepDim ? build.reduceKeep(op, x, axes) : build.reduce(op, x, axes);
}

function countOf(shape: Shape, axes: readonly number[]): number {
  return sizeOf(axes.map((a) => shape[a]!));
}

function without(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, i) => !axes.includes(i));
}

function varianceOf(
  name: string,
  x: GraphNode,
  axis: Axes,
  { correction = 1, keepDim = false }: VarianceOptions,
): GraphNode {
  const axes = normalizeAxes(name, axis, x.shape.length);
  const n = countOf(x.shape, axes);
  const total = build.reduceKeep('sum', x, axes);
  const mean = build.div(total, build.like(total, n));
  const centred = build.sub(x, build.broadcast(mean, x.shape));
  const squares = reduced('sum', build.mul(centred, centred), axes, { keepDim });
  return build.div(squares, build.like(squares, Math.max(0, n - correction)));
}

/** x^exponent for x ≥ 0 and 0 < exponent < 1, with the gradient 0 instead of ∞ at 0. */
function flatRoot(x: GraphNode, exponent: number): GraphNode {
  const zero = build.compare('eq', x, build.like(x, 0));
  const safe = build.where(zero, build.like(x, 1), x);
  const root =
    exponent === 0.5
      ? build.unary('sqrt', safe)
      : build.binary('pow', safe, build.like(safe, exponent));
  return build.where(zero, build.like(x, 0), root);
}

/** x where it is finite, 0 elsewhere. */
function finiteOrZero(x: GraphNode): GraphNode {
  const finite = build.compare('lt', build.unary('abs', x), build.like(x, Infinity));
  return build.where(finite, x, build.like(x, 0));
}
