import { ShapeError } from '../../engine/core/errors.js';
import { formatShape, sizeOf } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { maxPool } from '../../tensor/index.js';
import { requireFloat } from './spatial-input.js';

/**
 * The mean of each channel over all spatial axes, which stay with extent 1: `adaptiveAvgPool2d` to 1 and
 * the like, whatever their number. Lin et al., 2014: Network in network, arXiv:1312.4400.
 *
 * @param x [N, C, …S] with at least one spatial axis, f32 or f64.
 * @returns [N, C, 1, …].
 * @throws ShapeError without spatial axes or elements in them; DTypeError.
 *
 * @example
 * globalAvgPool(rand([8, 64, 7, 7])).flatten(1); // [8, 64]
 */
export function globalAvgPool(x: Tensor): Tensor {
  requireFloat('globalAvgPool', x);
  const space = spaceOf('globalAvgPool', x);
  return x.mean(
    space.map((_, i) => 2 + i),
    { keepDim: true },
  );
}

/**
 * The maximum of each channel over all spatial axes, which stay with extent 1. At a tie the gradient goes
 * to the first.
 *
 * @param x [N, C, …S] with at least one spatial axis.
 * @returns [N, C, 1, …].
 * @throws ShapeError without spatial axes or elements in them.
 *
 * @example
 * globalMaxPool(rand([8, 64, 7, 7])).flatten(1); // [8, 64]
 */
export function globalMaxPool(x: Tensor): Tensor {
  return maxPool(x, { size: spaceOf('globalMaxPool', x) });
}

function spaceOf(op: string, x: Tensor): readonly number[] {
  const space = x.shape.slice(2);
  if (space.length > 0 && sizeOf(space) > 0) return space;
  throw new ShapeError(
    `${op}: input is ${formatShape(x.shape)}; give one [N, C, …] with spatial axes that are not empty.`,
  );
}
