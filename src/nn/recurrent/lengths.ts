import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, requireRange } from '../../tensor/index.js';

/**
 * Whether step t belongs to sequence n, as bool [T, N, 1]: t < lengths[n].
 *
 * @throws DTypeError, ShapeError or IndexError unless `lengths` is i32 [N] from 0 to T.
 */
export function insideSequences(
  owner: string,
  lengths: Tensor,
  { steps, batch }: { readonly steps: number; readonly batch: number },
): Tensor {
  if (lengths.dtype !== 'i32') {
    throw new DTypeError(
      `${owner}: lengths is ${lengths.dtype}; give whole numbers, as with to('i32').`,
    );
  }
  if (lengths.rank !== 1 || lengths.shape[0] !== batch) {
    throw new ShapeError(
      `${owner}: lengths is ${formatShape(lengths.shape)}, and the input has N = ${batch} ` +
        `sequences; give one length for each, [${batch}].`,
    );
  }
  requireRange(
    lengths,
    0,
    steps + 1,
    (value) =>
      `${owner}: lengths has ${value}, and the input has T = ${steps} steps; use lengths from 0 ` +
      `to ${steps}.`,
  );
  const step = arange(steps, { dtype: 'i32' }).reshape([steps, 1, 1]);
  return step.lt(lengths.reshape([1, batch, 1]));
}
