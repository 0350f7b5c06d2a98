import { ArgumentError } from '../../engine/core/errors.js';
import type { AvgPoolOptions, PerAxis, Tensor } from '../../tensor/index.js';
import { avgPool, sumPool } from '../../tensor/index.js';
import { overBatch, requireFloat } from './spatial-input.js';

/** Options of `avgPool1d` to `avgPool3d`: one number for all spatial axes, or one for each. */
export interface AvgPoolFunctionOptions extends Omit<AvgPoolOptions, 'size' | 'dilation'> {
  /** Divide by this number, other than 0, and not by that of the elements. */
  readonly divisorOverride?: number;
}

/**
 * The mean over each window along one axis: y[n, c, p] = Σ_k x[n, c, stride · p + k - padding] / kernelSize.
 * Backward, δ is spread evenly over the window. PyTorch's avg_pool1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample; f32 or f64.
 * @param kernelSize Elements of a window.
 * @param options.stride Default: `kernelSize`.
 * @param options.countIncludePad Padding counts as elements that are 0; if false, the mean is over those
 *   within the input. Default true.
 * @param options.ceilMode A last window that begins within the input, or the padding before it, but
 *   reaches beyond, counts; its mean is over what it has. Default false.
 * @returns [N, C, P] or [C, P], P = ⌊(L + 2 padding - kernelSize) / stride⌋ + 1, or ⌈…⌉ + 1.
 * @throws ShapeError where no window fits; ArgumentError for options that are no such numbers, or padding
 *   of more than half a window; DTypeError.
 *
 * @example
 * avgPool1d(tensor([[3, 1, 4, 2, 5, 9]]), 2).array(); // [[2, 3, 7]]
 */
export function avgPool1d(
  x: Tensor,
  kernelSize: PerAxis,
  options: AvgPoolFunctionOptions = {},
): Tensor {
  return pooled('avgPool1d', 1, x, kernelSize, options);
}

/**
 * The mean over each window of two axes; otherwise as `avgPool1d`. PyTorch's avg_pool2d.
 *
 * @param x [N, C, H, W] or [C, H, W].
 * @example
 * avgPool2d(rand([8, 3, 32, 32]), 2); // [8, 3, 16, 16]
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: PerAxis,
  options: AvgPoolFunctionOptions = {},
): Tensor {
  return pooled('avgPool2d', 2, x, kernelSize, options);
}

/**
 * The mean over each window of three axes; otherwise as `avgPool1d`. PyTorch's avg_pool3d.
 *
 * @param x [N, C, D, H, W] or [C, D, H, W].
 * @example
 * avgPool3d(rand([2, 3, 8, 8, 8]), 2); // [2, 3, 4, 4, 4]
 */
export function avgPool3d(
  x: Tensor,
  kernelSize: PerAxis,
  options: AvgPoolFunctionOptions = {},
): Tensor {
  return pooled('avgPool3d', 3, x, kernelSize, options);
}

function pooled(
  op: string,
  dims: number,
  x: Tensor,
  size: PerAxis,
  { divisorOverride: divisor, ...options }: AvgPoolFunctionOptions,
): Tensor {
  requireFloat(op, x);
  if (divisor !== undefined && (divisor === 0 || !Number.isFinite(divisor))) {
    throw new ArgumentError(`${op}: divisorOverride is ${divisor}; use a number other than 0.`);
  }
  return overBatch(op, x, dims, (batch) =>
    divisor === undefined
      ? avgPool(batch, { ...options, size })
      : sumPool(batch, { ...options, size }).div(divisor),
  );
}
