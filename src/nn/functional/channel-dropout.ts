/** Dropout of whole channels, for neighbours in space that say nearly the same. */
import { ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import { drop } from './drop.js';
import type { DropoutOptions } from './dropout.js';

/**
 * Each channel of each sample is 0 with probability p and else x / (1 - p). Tompson et al., 2015,
 * arXiv:1411.4280.
 *
 * @param x [N, C, L], or [C, L] for one sample.
 * @returns The shape of x.
 * @throws ShapeError for another rank; ArgumentError unless 0 ≤ p ≤ 1.
 *
 * @example
 * dropout1d(ones([2, 8, 100]), { p: 0.25 }); // about 4 of the 16 rows are 0, the others 4/3
 */
export function dropout1d(x: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout1d', x, { 3: '[N, C, L]', 2: '[C, L]' }, options);
}

/**
 * As `dropout1d`, for images.
 *
 * @param x [N, C, H, W]. Three axes are refused: in PyTorch they are [N, C, L], which is to change.
 * @returns The shape of x.
 * @throws ShapeError for another rank; ArgumentError unless 0 ≤ p ≤ 1.
 */
export function dropout2d(x: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout2d', x, { 4: '[N, C, H, W]' }, options);
}

/**
 * As `dropout1d`, for volumes.
 *
 * @param x [N, C, D, H, W], or [C, D, H, W] for one sample.
 * @returns The shape of x.
 * @throws ShapeError for another rank; ArgumentError unless 0 ≤ p ≤ 1.
 */
export function dropout3d(x: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout3d', x, { 5: '[N, C, D, H, W]', 4: '[C, D, H, W]' }, options);
}

/** `shapes`: by rank, the shapes that x may have; the highest rank is that of a batch. */
function dropChannels(
  op: string,
  x: Tensor,
  shapes: Readonly<Record<number, string>>,
  { p = 0.5, training = true, generator }: DropoutOptions,
): Tensor {
  requireProbability(op, p);
  const wanted = shapes[x.rank];
  if (wanted === undefined) {
    const all = Object.values(shapes).reverse().join(' or ');
    throw new ShapeError(`${op}: input is ${formatShape(x.shape)}; give one ${all}.`);
  }
  const leading = wanted.startsWith('[N') ? 2 : 1;
  const mask = x.shape.map((d, axis) => (axis < leading ? d : 1));
  return training ? drop(x, mask, p, generator) : x;
}
