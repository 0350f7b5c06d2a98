import type { ConvTransposeOptions, Tensor } from '../../tensor/index.js';
import { convTranspose } from '../../tensor/index.js';
import { addBias, checkOperands } from './convolution.js';
import { KERNEL, overBatch } from './spatial-input.js';

/**
 * Transposed convolution along one axis: the map that takes gradients of a `conv1d` with this weight
 * and these options from its output to its input, hence ⟨conv1d(u, w), x⟩ = ⟨u, convTranspose1d(x, w)⟩.
 * It is the adjoint of a convolution and has the shapes of its inverse, but is not the inverse. Each
 * input x[n, c, s] adds x · w[c, o, k] to the output at stride · s + dilation · k - padding. PyTorch's
 * conv_transpose1d.
 *
 * @param x [N, C, L], or [C, L] for a single sample; f32 or f64.
 * @param weight [C, O / groups, K], of the dtype of x.
 * @param bias [O], or null for none.
 * @param options.outputPadding More outputs at the end, which tells apart the lengths that a
 *   convolution with a stride maps to the same one.
 * @returns [N, O, P] or [O, P],
 *   P = stride · (L - 1) + dilation · (K - 1) + 1 - 2 · padding + outputPadding.
 * @throws ShapeError where channels do not fit, or nothing would be left; ArgumentError for options that
 *   are no such numbers, and groups that do not divide the channels; DTypeError.
 *
 * @example
 * convTranspose1d(tensor([[1, 2]]), tensor([[[1, 10, 100]]]), null, { stride: 2 }).array();
 * // [[1, 10, 102, 20, 200]]
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return transposed('convTranspose1d', 1, x, weight, bias, options);
}

/**
 * Transposed convolution over two spatial axes, each as in `convTranspose1d`. PyTorch's
 * conv_transpose2d.
 *
 * @param x [N, C, H, W], or [C, H, W] for a single sample; f32 or f64.
 * @param weight [C, O / groups, kH, kW], of the dtype of x.
 * @param bias [O], or null for none.
 * @returns [N, O, P, Q] or [O, P, Q].
 * @throws As `convTranspose1d`.
 *
 * @example
 * const options = { stride: 2, padding: 1 };
 * convTranspose2d(rand([8, 16, 7, 7]), randn([16, 3, 4, 4]), null, options); // [8, 3, 14, 14]
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return transposed('convTranspose2d', 2, x, weight, bias, options);
}

/**
 * Transposed convolution over three spatial axes, each as in `convTranspose1d`. PyTorch's
 * conv_transpose3d.
 *
 * @param x [N, C, D, H, W], or [C, D, H, W] for a single sample; f32 or f64.
 * @param weight [C, O / groups, kD, kH, kW], of the dtype of x.
 * @param bias [O], or null for none.
 * @returns [N, O, P, Q, R] or [O, P, Q, R].
 * @throws As `convTranspose1d`.
 *
 * @example
 * convTranspose3d(rand([2, 4, 3, 4, 4]), randn([4, 1, 2, 2, 2]), null, { stride: 2 }); // [2, 1, 6, 8, 8]
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return transposed('convTranspose3d', 3, x, weight, bias, options);
}

function transposed(
  op: string,
  dims: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions,
): Tensor {
  return overBatch(op, x, dims, (batch) => {
    checkOperands(op, batch, weight, bias, `[C, O / groups, ${KERNEL[dims]}]`);
    return addBias(op, convTranspose(batch, weight, options), bias);
  });
}
