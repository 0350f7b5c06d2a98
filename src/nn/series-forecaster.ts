import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { Dropout } from './dropout.js';
import { zeros } from './init/index.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { GRU } from './recurrent/gru.js';
import { LSTM } from './recurrent/lstm.js';

/** What reads the window of a `SeriesForecaster`. */
export type ForecastCell = 'lstm' | 'gru' | 'mlp';

/** Options of `SeriesForecaster`. */
export interface SeriesForecasterOptions {
  /** C, columns of the series. Default 1. */
  readonly columns?: number;
  /** H, steps that are forecast at once. Default 1. */
  readonly horizon?: number;
  /** Reads step by step, or all at once with a ReLU. Default 'lstm'. */
  readonly cell?: ForecastCell;
  /** Units of the state, or of the hidden layer. Default 32. */
  readonly hiddenSize?: number;
  /** Add a linear function of the whole window, an autoregression. Default true. */
  readonly linear?: boolean;
  /** Probability of a feature to be dropped in training. Default 0. */
  readonly dropout?: number;
}

/**
 * Forecasts the next values of a series from a window of it: a dense layer on the last state of a recurrent
 * one, or on a hidden layer, with a linear function of the window beside it.
 *
 * ŷ = W_o φ(x) + b_o + W_a vec(x), where φ is the last state of an LSTM or GRU, or ReLU(W_h vec(x) + b_h)
 *
 * Input f32 [N, L, C], output f32 [N, H]. The linear part is after Lai et al., 2018, arXiv:1703.07015; it
 * begins at 0.
 *
 * @example
 * const model = new SeriesForecaster(12, { cell: 'gru', hiddenSize: 8 });
 * model.forward(rand([5, 12, 1])); // [5, 1]
 */
export class SeriesForecaster extends Module {
  readonly recurrent: LSTM | GRU | null;
  readonly hidden: Linear | null;
  readonly dropout: Dropout;
  readonly output: Linear;
  readonly direct: Linear | null;

  /**
   * @param lags L, steps of a window.
   * @throws ArgumentError for sizes and probabilities that cannot be, and for an unknown cell.
   */
  constructor(
    lags: number,
    {
      columns = 1,
      horizon = 1,
      cell = 'lstm',
      hiddenSize = 32,
      linear = true,
      dropout = 0,
    }: SeriesForecasterOptions = {},
  ) {
    super();
    if (!['lstm', 'gru', 'mlp'].includes(cell)) {
      throw new ArgumentError(
        `SeriesForecaster: cell is '${String(cell)}'; use 'lstm', 'gru' or 'mlp'.`,
      );
    }
    const Layer = cell === 'lstm' ? LSTM : GRU;
    const isDense = cell === 'mlp';
    this.recurrent = isDense ? null : new Layer(columns, hiddenSize, { batchFirst: true });
    this.hidden = isDense ? new Linear(lags * columns, hiddenSize) : null;
    this.dropout = new Dropout(dropout);
    this.output = new Linear(hiddenSize, horizon);
    this.direct = linear ? new Linear(lags * columns, horizon, { bias: false }) : null;
    if (this.direct) zeros(this.direct.weight);
  }

  forward(x: Tensor): Tensor {
    const flat = x.flatten(1);
    const features = this.recurrent
      ? this.recurrent.forward(x)[0].at({}, -1)
      : this.hidden!.forward(flat).relu();
    const forecast = this.output.forward(this.dropout.forward(features));
    return this.direct ? forecast.add(this.direct.forward(flat)) : forecast;
  }
}
