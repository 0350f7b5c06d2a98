import { ArgumentError, DTypeError, ShapeError } from '../engine/core/errors.js';
import { isFloat } from '../engine/core/dtype.js';
import { formatShape } from '../engine/core/shape.js';
import type { Windows } from '../engine/graph/node.js';
import { apply } from './apply.js';
import { fromData } from './create.js';
import type { Padding, PerAxis } from './spatial.js';
import { paddingPairs, perAxis, spanOf, windowCount } from './spatial.js';
import type { Tensor } from './tensor.js';

/** Options of `maxPool` and the like: one number for all spatial axes, or one for each. */
export interface PoolOptions {
  /** Elements of the window. */
  readonly size: PerAxis;
  /** Distance between neighbouring windows. Default: `size`. */
  readonly stride?: PerAxis;
  /** As of `conv`: what never wins a maximum, and adds 0 to a sum. Default 0. */
  readonly padding?: Padding;
  /** Distance between neighbouring elements of a window. Default 1. */
  readonly dilation?: PerAxis;
  /** A last window that begins within the input but reaches beyond it counts. Default false. */
  readonly ceilMode?: boolean;
}

/** Options of `avgPool`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Padding counts as elements that are 0. Default true, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

/**
 * The maximum over each window, over all axes behind the first two: x [N, C, …S] gives [N, C, …P] with
 * P = ⌊(S + low + high - dilation · (size - 1) - 1) / stride⌋ + 1, or ⌈…⌉. NaN if there is one. At a
 * tie the gradient goes to the first maximum. PyTorch's max_pool1d to 3d.
 *
 * @throws ShapeError if a window does not fit the padded input; ArgumentError for options that are no
 *   such numbers, or padding of more than half a window, where a window might hold nothing else.
 *
 * @example
 * maxPool(rand([8, 3, 32, 32]), { size: 2 }); // [8, 3, 16, 16]
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  const windows = windowsOf('maxPool', x, options);
  return apply([x], (b, node) => b.windowMax(node, windows));
}

/**
 * Where each maximum of `maxPool` lies: flat positions within the spatial axes of x, i32. PyTorch's
 * indices. NaN counts as the maximum, and the first of equals does.
 *
 * @throws As `maxPool`.
 */
export function maxPoolIndices(x: Tensor, options: PoolOptions): Tensor {
  const windows = windowsOf('maxPoolIndices', x, options);
  return apply([x], (b, node) => b.argMaxWindow(node, windows));
}

/**
 * The mean over each window, over all axes behind the first two, as `maxPool`. Its divisor is the
 * number of elements of the window within the padded input or, without `countIncludePad`, within the
 * input. PyTorch's avg_pool1d to 3d. f32 and f64.
 *
 * @throws As `maxPool`; DTypeError for other dtypes.
 *
 * @example
 * avgPool(ones([1, 1, 3, 3]), { size: 2, padding: 'same', countIncludePad: false }); // all 1
 */
export function avgPool(x: Tensor, options: AvgPoolOptions): Tensor {
  if (!isFloat(x.dtype)) throw new DTypeError(`avgPool: x is ${x.dtype}; use f32 or f64.`);
  const windows = windowsOf('avgPool', x, options);
  const sums = apply([x], (b, node) => b.windowSum(node, windows));
  const counted = options.countIncludePad ?? true;
  const input = x.shape.slice(2);
  const pairs = paddingOf('avgPool', input, options);
  return windows.size.reduce((mean, size, i) => {
    const [low, high] = counted ? pairs[i]! : [0, 0];
    const count = sums.shape[2 + i]!;
    const divisors = Float64Array.from({ length: count }, (_, p) => {
      const start = p * windows.stride[i]! - windows.low[i]!;
      const taps = Array.from({ length: size }, (_tap, k) => start + k * windows.dilation[i]!);
      return taps.filter((at) => at >= -low && at < input[i]! + high).length;
    });
    if (divisors.every((d) => d === divisors[0])) return mean.div(divisors[0] ?? 1);
    const shape = sums.shape.map((d, axis) => (axis === 2 + i ? d : 1));
    const values = x.dtype === 'f32' ? Float32Array.from(divisors) : divisors;
    return mean.div(fromData(values, shape));
  }, sums);
}

/** The sum over each window, as `avgPool` without its divisor. PyTorch's lp_pool with p = 1, of |x|. */
export function sumPool(x: Tensor, options: PoolOptions): Tensor {
  const windows = windowsOf('sumPool', x, options);
  return apply([x], (b, node) => b.windowSum(node, windows));
}

/** Size, stride and dilation per spatial axis. */
function slidingOf(op: string, input: readonly number[], options: PoolOptions) {
  const rank = input.length;
  const size = perAxis(op, 'size', options.size, rank, 1);
  const stride = perAxis(op, 'stride', options.stride ?? size, rank, 1);
  const dilation = perAxis(op, 'dilation', options.dilation ?? 1, rank, 1);
  return { input, size, stride, dilation };
}

function paddingOf(op: string, input: readonly number[], options: PoolOptions): [number, number][] {
  return paddingPairs(op, options.padding ?? 0, slidingOf(op, input, options));
}

function windowsOf(op: string, x: Tensor, options: PoolOptions): Windows {
  if (x.rank < 3) {
    throw new ShapeError(
      `${op}: x has shape ${formatShape(x.shape)}; give [N, C, …] with at least one spatial axis.`,
    );
  }
  const input = x.shape.slice(2);
  const sliding = slidingOf(op, input, options);
  const { size, stride, dilation } = sliding;
  const pairs = paddingOf(op, input, options);
  pairs.forEach(([low, high], i) => {
    const span = spanOf(size[i]!, dilation[i]!);
    if (options.padding === 'same' || 2 * Math.max(low, high) <= span) return;
    throw new ArgumentError(
      `${op}: padding ${low}, ${high} along spatial axis ${i} is more than half of the window, which ` +
        `spans ${span}; use at most ${Math.floor(span / 2)}.`,
    );
  });
  const high = pairs.map(([low, given], i) => {
    const count = windowCount(op, i, sliding, [low, given]);
    if (!options.ceilMode) return given;
    const room = input[i]! + low + given - spanOf(size[i]!, dilation[i]!);
    const more = Math.ceil(room / stride[i]!) + 1;
    // PyTorch's rule: the last window begins within the input or the padding before it.
    const counts = (more - 1) * stride[i]! >= input[i]! + low ? count : more;
    return given + Math.max(0, (counts - 1) * stride[i]! - room);
  });
  return { size, stride, dilation, low: pairs.map(([low]) => low), high };
}
