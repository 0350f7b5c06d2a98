import type { PoolOptions, Tensor } from '../../tensor/index.js';
import { maxPool, maxPoolIndices } from '../../tensor/index.js';
import type { PerAxis } from '../../tensor/index.js';
import { overBatch } from './spatial-input.js';

/** Options of `maxPool1d` to `maxPool3d`: one number for all spatial axes, or one for each. */
export type MaxPoolOptions = Omit<PoolOptions, 'size'>;

/** The maxima of windows, and where in the input they lie. */
export type PooledWithIndices = [y: Tensor, indices: Tensor];

/**
 * The maximum over each window along one axis: y[n, c, p] = max_k x[n, c, stride · p + dilation · k -
 * padding]. Backward, δ goes to where the maximum lies: at a tie to the first. NaN counts as the maximum,
 * padding never does. PyTorch's max_pool1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample; any dtype but bool.
 * @param kernelSize Elements of a window.
 * @param options.stride Default: `kernelSize`.
 * @param options.ceilMode A last window that begins within the input, or the padding before it, but
 *   reaches beyond, counts. Default false.
 * @returns [N, C, P] or [C, P], P = ⌊(L + 2 padding - dilation · (kernelSize - 1) - 1) / stride⌋ + 1, or
 *   ⌈…⌉ + 1.
 * @throws ShapeError where no window fits; ArgumentError for options that are no such numbers, or padding
 *   of more than half a window.
 *
 * @example
 * maxPool1d(tensor([[3, 1, 4, 1, 5, 9]]), 2).array(); // [[3, 4, 9]]
 */
export function maxPool1d(x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return pooled('maxPool1d', 1, x, kernelSize, options);
}

/**
 * The maximum over each window of two axes; otherwise as `maxPool1d`. PyTorch's max_pool2d.
 *
 * @param x [N, C, H, W] or [C, H, W].
 * @example
 * maxPool2d(rand([8, 3, 32, 32]), 3, { stride: 2, padding: 1 }); // [8, 3, 16, 16]
 */
export function maxPool2d(x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return pooled('maxPool2d', 2, x, kernelSize, options);
}

/**
 * The maximum over each window of three axes; otherwise as `maxPool1d`. PyTorch's max_pool3d.
 *
 * @param x [N, C, D, H, W] or [C, D, H, W].
 * @example
 * maxPool3d(rand([2, 3, 8, 8, 8]), [1, 2, 2]); // [2, 3, 8, 4, 4]
 */
export function maxPool3d(x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor {
  return pooled('maxPool3d', 3, x, kernelSize, options);
}

/**
 * `maxPool1d` and where the maxima lie: i32 positions along L, as `maxUnpool1d` takes them. PyTorch's
 * max_pool1d with return_indices.
 *
 * @example
 * const [y, indices] = maxPool1dWithIndices(tensor([[3, 1, 4, 1, 5, 9]]), 2);
 * indices.array(); // [[0, 2, 5]]
 */
export function maxPool1dWithIndices(
  x: Tensor,
  kernelSize: PerAxis,
  options: MaxPoolOptions = {},
): PooledWithIndices {
  return both('maxPool1dWithIndices', 1, x, kernelSize, options);
}

/**
 * `maxPool2d` and where the maxima lie: i32, counting the positions of [H, W] row by row. PyTorch's
 * max_pool2d with return_indices.
 *
 * @example
 * const [y, indices] = maxPool2dWithIndices(rand([1, 1, 4, 4]), 2); // both [1, 1, 2, 2]
 */
export function maxPool2dWithIndices(
  x: Tensor,
  kernelSize: PerAxis,
  options: MaxPoolOptions = {},
): PooledWithIndices {
  return both('maxPool2dWithIndices', 2, x, kernelSize, options);
}

/**
 * `maxPool3d` and where the maxima lie: i32, counting the positions of [D, H, W] in their order.
 * PyTorch's max_pool3d with return_indices.
 *
 * @example
 * const [y, indices] = maxPool3dWithIndices(rand([1, 1, 4, 4, 4]), 2); // both [1, 1, 2, 2, 2]
 */
export function maxPool3dWithIndices(
  x: Tensor,
  kernelSize: PerAxis,
  options: MaxPoolOptions = {},
): PooledWithIndices {
  return both('maxPool3dWithIndices', 3, x, kernelSize, options);
}

function pooled(
  op: string,
  dims: number,
  x: Tensor,
  size: PerAxis,
  options: MaxPoolOptions,
): Tensor {
  return overBatch(op, x, dims, (batch) => maxPool(batch, { ...options, size }));
}

function both(
  op: string,
  dims: number,
  x: Tensor,
  size: PerAxis,
  options: MaxPoolOptions,
): PooledWithIndices {
  const indices = overBatch(op, x, dims, (batch) => maxPoolIndices(batch, { ...options, size }));
  return [pooled(op, dims, x, size, options), indices];
}
