import { ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Im2colOptions, PerAxis, Tensor } from '../../tensor/index.js';
import { col2im, im2col } from '../../tensor/index.js';
import { perAxis } from '../../tensor/spatial.js';
import { overBatch } from './spatial-input.js';

/** Options of `unfold` and `fold`: one number for both spatial axes, or one for each. */
export type FoldOptions = Omit<Im2colOptions, 'size'>;

/**
 * The windows of an image as columns: `im2col` over two axes. PyTorch's unfold.
 *
 * @param x [N, C, H, W], or [C, H, W] for a single sample.
 * @param kernelSize Elements of a window.
 * @returns [N, C · kH · kW, L] or [C · kH · kW, L], L being the number of windows, row by row.
 * @throws ShapeError where no window fits; ArgumentError for options that are no such numbers.
 *
 * @example
 * unfold(rand([2, 3, 8, 8]), 3, { stride: 2 }); // [2, 27, 9]
 */
export function unfold(x: Tensor, kernelSize: PerAxis, options: FoldOptions = {}): Tensor {
  const size = perAxis('unfold', 'kernelSize', kernelSize, 2, 1);
  return overBatch('unfold', x, 2, (batch) => im2col(batch, { ...options, size }));
}

/**
 * Columns laid back over the image and added up where windows overlap: `col2im` over two axes, the adjoint
 * of `unfold` and not its inverse. PyTorch's fold.
 *
 * @param x [N, C · kH · kW, L], or [C · kH · kW, L] for a single sample.
 * @param outputSize H and W of the result, as a number or two.
 * @param kernelSize Elements of a window.
 * @returns [N, C, H, W] or [C, H, W].
 * @throws ShapeError where no window fits, or x has not one place for each element of a window and one
 *   column for each window; ArgumentError for options that are no such numbers.
 *
 * @example
 * fold(unfold(ones([1, 1, 1, 3]), [1, 2]), [1, 3], [1, 2]).array(); // [[[[1, 2, 1]]]]
 */
export function fold(
  x: Tensor,
  outputSize: PerAxis,
  kernelSize: PerAxis,
  options: FoldOptions = {},
): Tensor {
  const size = perAxis('fold', 'kernelSize', kernelSize, 2, 1);
  const output = perAxis('fold', 'outputSize', outputSize, 2, 1);
  const laid = (columns: Tensor): Tensor =>
    col2im(columns, { ...options, size, outputSize: output });
  if (x.rank === 2) return laid(x.unsqueeze(0)).squeeze(0);
  if (x.rank === 3) return laid(x);
  throw new ShapeError(
    `fold: input is ${formatShape(x.shape)}; give one [N, C · kH · kW, L] or [C · kH · kW, L].`,
  );
}
