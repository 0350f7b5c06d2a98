import type { Tensor } from '../../tensor/index.js';
import type { RNNNonlinearity } from './recurrence.js';
import { rnnRecurrence } from './recurrence.js';
import type { RecurrentLayerOptions } from './recurrent-layer.js';
import { RecurrentLayer } from './recurrent-layer.js';
import type { ElmanOptions } from './rnn-cell.js';
import { elmanForm } from './rnn-cell.js';

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentLayerOptions, ElmanOptions {}

/**
 * A plain recurrent network over sequences: h_t = φ(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), φ being
 * tanh, ReLU or the identity. With `form: 'notes'` it is h_t = W_hx x_t + W_hh h_{t-1}. The program
 * has one step, however long the sequence is. Weights start uniform on ±1/√H. Elman, 1990.
 *
 * Input [T, N, D] and state [L · directions, N, H]; output [T, N, directions · H], and the state
 * behind the last step.
 *
 * @throws ArgumentError for sizes that are no counts, and for options that cannot be.
 * @equation (5.1.1a)
 *
 * @example
 * const rnn = new RNN(3, 8);
 * const [output, h] = rnn.forward(rand([5, 2, 3])); // [5, 2, 8], [1, 2, 8]
 * const notes = new RNN(3, 8, { form: 'notes' }); // no bias, identity
 */
export class RNN extends RecurrentLayer<Tensor> {
  readonly nonlinearity: RNNNonlinearity;

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    const full = elmanForm('RNN', options);
    super(rnnRecurrence(full.nonlinearity), inputSize, hiddenSize, full);
    this.nonlinearity = full.nonlinearity;
  }

  override extraRepr(): string {
    return `${super.extraRepr()}, nonlinearity=${this.nonlinearity}`;
  }

  protected override ofState(h: Tensor): readonly Tensor[] {
    return [h];
  }

  protected override toState([h]: readonly Tensor[]): Tensor {
    return h!;
  }
}
