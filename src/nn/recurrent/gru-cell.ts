import type { Tensor } from '../../tensor/index.js';
import { gruRecurrence } from './recurrence.js';
import { RecurrentCell } from './recurrent-cell.js';
import type { RecurrentOptions } from './weights.js';

/**
 * A step of a gated recurrent unit. With a_k = W_ik x + b_ik and u_k = W_hk h + b_hk for each k of
 * r, z, n, in this order in the weights,
 *
 * - r, z = σ(a + u), the gates of reset and update;
 * - n = tanh(a_n + r ⊙ u_n), the candidate;
 * - h′ = (1 - z) ⊙ n + z ⊙ h.
 *
 * Weights start uniform on ±1/√H. Cho and others, 2014, arXiv:1406.1078, with r applied behind the
 * product, as in PyTorch.
 *
 * @throws ArgumentError for sizes that are no counts.
 *
 * @example
 * const cell = new GRUCell(3, 8);
 * const h = cell.forward(rand([2, 3])); // [2, 8], from a state of zeros
 * cell.forward(rand([2, 3]), h); // [2, 8]
 */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gruRecurrence, inputSize, hiddenSize, options);
  }

  /**
   * The next hidden state.
   *
   * @param x [N, D] or [D], of the dtype of the weights.
   * @param h [N, H] or [H]. Default zeros.
   * @returns In the shape of h.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(x: Tensor, h: Tensor | null = null): Tensor {
    return this.step(x, h && [h])[0]!;
  }
}
