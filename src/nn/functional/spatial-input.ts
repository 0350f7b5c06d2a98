/** Inputs with spatial axes: [N, C, …S], or [C, …S] for a single sample. */
import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';

/** The names of 1, 2 and 3 spatial axes. */
const AXES = ['', 'L', 'H, W', 'D, H, W'];

/** The names of as many axes of a kernel. */
export const KERNEL: readonly string[] = ['', 'K', 'kH, kW', 'kD, kH, kW'];

/**
 * f(x) for x [N, C, …S]; a single sample [C, …S] is given to f as a batch of one, whose axis the
 * result does not have. Throws a ShapeError for other ranks.
 */
export function overBatch(op: string, x: Tensor, dims: number, f: (x: Tensor) => Tensor): Tensor {
  const single = x.rank === dims + 1;
  if (!single && x.rank !== dims + 2) {
    throw new ShapeError(
      `${op}: input is ${formatShape(x.shape)}; give one [N, C, ${AXES[dims]}] or ` +
        `[C, ${AXES[dims]}].`,
    );
  }
  return single ? f(x.unsqueeze(0)).squeeze(0) : f(x);
}

/** Throws a DTypeError unless x is f32 or f64. */
export function requireFloat(op: string, x: Tensor): void {
  if (isFloat(x.dtype)) return;
  throw new DTypeError(`${op}: input is ${x.dtype}; use f32 or f64, as with float().`);
}
