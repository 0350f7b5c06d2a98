import type { Tensor } from '../../tensor/index.js';
import { lstmRecurrence } from './recurrence.js';
import { RecurrentCell } from './recurrent-cell.js';
import type { RecurrentOptions } from './weights.js';

/** The state of an LSTM: what it gives, h, and what it remembers, c, of one shape. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/**
 * A step of a long short-term memory. With sums W_ih x + b_ih + W_hh h + b_hh for each of i, f, g, o, in
 * this order in the weights,
 *
 * - i, f, o = σ(…), the gates of input, memory and output, and g = tanh(…), the candidate;
 * - c′ = f ⊙ c + i ⊙ g;
 * - h′ = o ⊙ tanh(c′).
 *
 * Weights start uniform on ±1/√H. Hochreiter and Schmidhuber, 1997, with the gate f of Gers and
 * others, 2000.
 *
 * @throws ArgumentError for sizes that are no counts.
 *
 * @example
 * const cell = new LSTMCell(3, 8);
 * let state: LSTMState | null = null;
 * for (const x of rand([5, 2, 3]).unbind()) state = cell.forward(x, state);
 */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(lstmRecurrence, inputSize, hiddenSize, options);
  }

  /**
   * The next state.
   *
   * @param x [N, D] or [D], of the dtype of the weights.
   * @param state [h, c], each [N, H] or [H]. Default zeros.
   * @returns [h, c] in the shape of those.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(x: Tensor, state: LSTMState | null = null): LSTMState {
    const [h, c] = this.step(x, state);
    return [h!, c!];
  }
}
