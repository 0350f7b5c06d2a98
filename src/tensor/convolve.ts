import type { ConvOptions } from './conv.js';
import { conv } from './conv.js';
import type { Tensor } from './tensor.js';

/**
 * Convolution as signal processing has it, (f * g)(t) = Σ_τ f(τ) g(t - τ), the sum over samples that the
 * integral (3.1) becomes: the kernel is turned by 180° before it slides, where `conv`, as all of deep
 * learning, leaves it as it is and so computes the cross-correlation. Shapes, options and dtypes are those
 * of `conv`; with padding of K - 1 and one channel it is NumPy's `convolve`, the product of two
 * polynomials, and f * g = g * f. A kernel that is learnt comes out turned, and nothing else changes.
 * Differentiable to every order.
 *
 * @throws As `conv`.
 * @equation (3.1)
 *
 * @example
 * // (1 + 2t + 3t²)(1 + t) = 1 + 3t + 5t² + 3t³
 * convolve(tensor([[[1, 2, 3]]]), tensor([[[1, 1]]]), { padding: 1 }); // [[[1, 3, 5, 3]]]
 */
export function convolve(x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  const spatial = weight.shape.map((_, axis) => axis).slice(2);
  return conv(x, weight.flip(spatial), options);
}
