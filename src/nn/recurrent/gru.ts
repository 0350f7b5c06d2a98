import type { Tensor } from '../../tensor/index.js';
import { gruRecurrence } from './recurrence.js';
import type { RecurrentLayerOptions } from './recurrent-layer.js';
import { RecurrentLayer } from './recurrent-layer.js';

/**
 * Gated recurrent units over sequences; `GRUCell` has the equations of a step. The program has one
 * step, however long the sequence is. Weights start uniform on ±1/√H. Cho and others, 2014,
 * arXiv:1406.1078.
 *
 * Input [T, N, D] and state [L · directions, N, H]; output [T, N, directions · H], and the state
 * behind the last step.
 *
 * @throws ArgumentError for sizes that are no counts, and for options that cannot be.
 *
 * @example
 * const gru = new GRU(3, 8, { batchFirst: true });
 * const lengths = tensor([5, 2], { dtype: 'i32' });
 * const [output, h] = gru.forward(rand([2, 5, 3]), null, { lengths }); // [2, 5, 8], [1, 2, 8]
 */
export class GRU extends RecurrentLayer<Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super(gruRecurrence, inputSize, hiddenSize, options);
  }

  protected override ofState(h: Tensor): readonly Tensor[] {
    return [h];
  }

  protected override toState([h]: readonly Tensor[]): Tensor {
    return h!;
  }
}
