import type { Tensor } from '../../tensor/index.js';
import type { LSTMState } from './lstm-cell.js';
import { lstmRecurrence } from './recurrence.js';
import type { RecurrentLayerOptions } from './recurrent-layer.js';
import { RecurrentLayer } from './recurrent-layer.js';

/**
 * A long short-term memory over sequences; `LSTMCell` has the equations of a step. The program has
 * one step, however long the sequence is. Weights start uniform on ±1/√H. Hochreiter and Schmidhuber, 1997.
 *
 * Input [T, N, D] and state [h, c], each [L · directions, N, H]; output [T, N, directions · H], and
 * the state behind the last step.
 *
 * @throws ArgumentError for sizes that are no counts, and for options that cannot be.
 *
 * @example
 * const lstm = new LSTM(3, 8, { numLayers: 2, bidirectional: true });
 * const [output, [h, c]] = lstm.forward(rand([5, 2, 3])); // [5, 2, 16], [4, 2, 8], [4, 2, 8]
 * lstm.forward(rand([5, 2, 3]), [h, c]); // goes on from there
 */
export class LSTM extends RecurrentLayer<LSTMState> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super(lstmRecurrence, inputSize, hiddenSize, options);
  }

  protected override ofState(state: LSTMState): readonly Tensor[] {
    return state;
  }

  protected override toState([h, c]: readonly Tensor[]): LSTMState {
    return [h!, c!];
  }
}
