import { ArgumentError } from '../../engine/core/errors.js';
import type { PerAxis, PoolOptions, Tensor } from '../../tensor/index.js';
import { avgPool } from '../../tensor/index.js';
import { perAxis } from '../../tensor/spatial.js';
import { overBatch, requireFloat } from './spatial-input.js';

/** Options of `lpPool1d` to `lpPool3d`: one number for all spatial axes, or one for each. */
export type LPPoolOptions = Pick<PoolOptions, 'stride' | 'ceilMode'>;

/**
 * The L_p norm of each window along one axis: y = (Σ_k x_k^p)^(1/p). p = 1 gives
 * the sum, p → ∞ the maximum of what is not negative. As in PyTorch's lp_pool1d, x and not |x| is raised,
 * so an odd p is for inputs ≥ 0, and of a negative sum the root is NaN; a last window that reaches beyond
 * the input (`ceilMode`) counts as if it went on like its part within. Where the sum is 0, so is the
 * gradient.
 *
 * @param x [N, C, L], or [C, L] for a single sample; f32 or f64.
 * @param normType p, a number above 0.
 * @param kernelSize Elements of a window.
 * @param options.stride Default: `kernelSize`.
 * @returns [N, C, P] or [C, P], P = ⌊(L - kernelSize) / stride⌋ + 1, or ⌈…⌉ + 1.
 * @throws ShapeError where no window fits; ArgumentError for numbers that cannot be; DTypeError.
 *
 * @example
 * lpPool1d(tensor([[3, 4, 6, 8]]), 2, 2).array(); // [[5, 10]]
 */
export function lpPool1d(
  x: Tensor,
  normType: number,
  kernelSize: PerAxis,
  options: LPPoolOptions = {},
): Tensor {
  return pooled('lpPool1d', 1, x, normType, kernelSize, options);
}

/**
 * The L_p norm of each window of two axes; otherwise as `lpPool1d`. PyTorch's lp_pool2d.
 *
 * @param x [N, C, H, W] or [C, H, W].
 * @example
 * lpPool2d(rand([8, 3, 32, 32]), 2, 2); // [8, 3, 16, 16]
 */
export function lpPool2d(
  x: Tensor,
  normType: number,
  kernelSize: PerAxis,
  options: LPPoolOptions = {},
): Tensor {
  return pooled('lpPool2d', 2, x, normType, kernelSize, options);
}

/**
 * The L_p norm of each window of three axes; otherwise as `lpPool1d`. PyTorch's lp_pool3d.
 *
 * @param x [N, C, D, H, W] or [C, D, H, W].
 * @example
 * lpPool3d(rand([2, 3, 8, 8, 8]), 2, 2); // [2, 3, 4, 4, 4]
 */
export function lpPool3d(
  x: Tensor,
  normType: number,
  kernelSize: PerAxis,
  options: LPPoolOptions = {},
): Tensor {
  return pooled('lpPool3d', 3, x, normType, kernelSize, options);
}

/** Throws an ArgumentError unless p is a number above 0. */
export function requireNormType(op: string, p: number): void {
  if (p > 0 && p < Infinity) return;
  throw new ArgumentError(
    `${op}: normType is ${p}; use a number above 0, and for the maximum maxPool1d to maxPool3d.`,
  );
}

function pooled(
  op: string,
  dims: number,
  x: Tensor,
  p: number,
  kernelSize: PerAxis,
  { stride, ceilMode = false }: LPPoolOptions,
): Tensor {
  requireFloat(op, x);
  requireNormType(op, p);
  const size = perAxis(op, 'kernelSize', kernelSize, dims, 1);
  const elements = size.reduce((n, k) => n * k, 1);
  return overBatch(op, x, dims, (batch) => {
    const sums = avgPool(batch.pow(p), { size, stride: stride ?? size, ceilMode }).mul(elements);
    // The slope of the root at 0 is infinite.
    const none = sums.eq(0);
    return sums
      .where(none.logicalNot(), 1)
      .pow(1 / p)
      .where(none.logicalNot(), 0);
  });
}
