import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import type { RNNNonlinearity } from './recurrence.js';
import { isNonlinearity, rnnRecurrence } from './recurrence.js';
import { RecurrentCell } from './recurrent-cell.js';
import type { RecurrentOptions } from './weights.js';

/** What `RNNCell` and `RNN` have besides. */
export interface ElmanOptions {
  /** φ: 'tanh', 'relu' or 'identity'. Default 'tanh', or 'identity' in the notes' form. */
  readonly nonlinearity?: RNNNonlinearity;
  /**
   * 'pytorch', the default, or 'notes', where φ is the identity and there is no bias, unless these
   * options say otherwise.
   */
  readonly form?: 'pytorch' | 'notes';
}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends RecurrentOptions, ElmanOptions {}

/** The options in full. Throws an ArgumentError for a φ or a form that is not there. */
export function elmanForm<T extends RNNCellOptions>(
  owner: string,
  options: T,
): T & { readonly nonlinearity: RNNNonlinearity; readonly bias: boolean } {
  const { form = 'pytorch' } = options;
  if (form !== 'pytorch' && form !== 'notes') {
    throw new ArgumentError(`${owner}: form is '${String(form)}'; use 'pytorch' or 'notes'.`);
  }
  const notes = form === 'notes';
  const { nonlinearity = notes ? 'identity' : 'tanh', bias = !notes } = options;
  if (!isNonlinearity(nonlinearity)) {
    throw new ArgumentError(
      `${owner}: nonlinearity is '${String(nonlinearity)}'; use 'tanh', 'relu' or 'identity'.`,
    );
  }
  return { ...options, nonlinearity, bias };
}

/**
 * A step of a plain recurrent network: h′ = φ(W_ih x + b_ih + W_hh h + b_hh). With `form: 'notes'` it
 * is h_t = W_hx x_t + W_hh h_{t-1}. Weights start uniform on ±1/√H. Elman, 1990.
 *
 * @throws ArgumentError for sizes that are no counts, a φ or a form that is not there.
 * @equation (5.1.1a)
 *
 * @example
 * const cell = new RNNCell(3, 8);
 * let h = zeros([2, 8]);
 * for (const x of rand([5, 2, 3]).unbind()) h = cell.forward(x, h);
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: RNNNonlinearity;

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    const full = elmanForm('RNNCell', options);
    super(rnnRecurrence(full.nonlinearity), inputSize, hiddenSize, full);
    this.nonlinearity = full.nonlinearity;
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

  override extraRepr(): string {
    return `${super.extraRepr()}, nonlinearity=${this.nonlinearity}`;
  }
}
