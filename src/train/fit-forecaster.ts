import type { ArrayDataset } from '../data/array-dataset.js';
import { asArrays, DataLoader } from '../data/data-loader.js';
import type { OneStepForecast } from '../data/forecast-baselines.js';
import { ForecastWindows } from '../data/forecast-windows.js';
import { SeriesTransform, type SeriesTransformOptions } from '../data/series-transform.js';
import { ArgumentError } from '../engine/core/errors.js';
import { mseLoss, SeriesForecaster, type SeriesForecasterOptions } from '../nn/index.js';
import { Adam } from '../optim/index.js';
import { manualSeed } from '../tensor/index.js';
import { EarlyStopping, type BestEpoch } from './early-stopping.js';
import { fit } from './fit.js';
import { nextValue } from './next-value.js';
import type { BatchSource } from './sources.js';

/** Options of `fitForecaster`. */
export interface FitForecasterOptions
  extends
    SeriesTransformOptions,
    Pick<SeriesForecasterOptions, 'cell' | 'hiddenSize' | 'linear' | 'dropout'> {
  /** L, the steps of the transformed series that a forecast looks at. Default 12. */
  readonly lags?: number;
  /** How many of the last values to choose the epoch on; 0 for none. Default a fifth of all. */
  readonly validation?: number;
  /**
   * Train once more, on all values, for as many epochs as were best on those to validate on. Default
   * true.
   */
  readonly refit?: boolean;
  /** At most. Default 200. */
  readonly epochs?: number;
  /** Epochs without a better one after which training ends. Default 20. */
  readonly patience?: number;
  /** Of Adam. Default 0.001. */
  readonly lr?: number;
  /** Of Adam. Default 0. */
  readonly weightDecay?: number;
  /** Default 16. */
  readonly batchSize?: number;
  /** For weights, order and dropout. Default 0. */
  readonly seed?: number;
}

/** A network that forecasts the next value of a series. */
export interface FittedForecaster {
  /** Of a history of values as they are; takes at least `needs` of them. */
  readonly forecast: OneStepForecast;
  /** The values that a forecast looks at. */
  readonly needs: number;
  readonly model: SeriesForecaster;
  /** What the model's series is, fitted on what the model was trained on. */
  readonly transform: SeriesTransform;
  /** The epoch that was best on the values to validate on, with its loss; absent without any. */
  readonly best?: BestEpoch;
}

/** With all defaults. */
type Settled = Required<
  Omit<FitForecasterOptions, 'cell' | 'hiddenSize' | 'linear' | 'dropout' | 'validation'>
> & { readonly network: SeriesForecasterOptions };

/**
 * Trains a network to forecast the next value of a series from those before it. Logarithm, differences and
 * scale are learnt from the values that are trained on; the epoch is chosen on the last ones.
 *
 * @param values The part to train on, the earliest first: keep back what is to be tested on.
 * @returns Forecasts that `walkForward` takes, with the network and the transform.
 * @throws ArgumentError for values that are too few, constant, not finite, or not above 0 under a logarithm,
 *   and for options that cannot be; NumericError where the loss is NaN or ±∞.
 * @example
 * const { forecast } = await fitForecaster(passengers.subarray(0, 96), { log: true, differences: [12, 1] });
 * walkForward(passengers, 48, forecast).rmse;
 */
export async function fitForecaster(
  values: ArrayLike<number>,
  options: FitForecasterOptions = {},
): Promise<FittedForecaster> {
  const { cell = 'lstm', hiddenSize = 32, linear = true, dropout = 0 } = options;
  const { log = false, differences = [], lags = 12, refit = true, epochs = 200 } = options;
  const { patience = 20, lr = 1e-3, weightDecay = 0, batchSize = 16, seed = 0 } = options;
  const training = { refit, epochs, patience, lr, weightDecay, batchSize, seed };
  const network = { cell, hiddenSize, linear, dropout };
  const settings = { log, differences, lags, ...training, network };
  const all = Float64Array.from(values);
  const validation = options.validation ?? Math.floor(all.length / 5);
  if (!Number.isInteger(validation) || validation < 0 || validation >= all.length) {
    throw new ArgumentError(
      `fitForecaster: validation is ${validation} of ${all.length} values; give an integer from 0 to ` +
        `${Math.max(0, all.length - 1)}.`,
    );
  }
  if (validation === 0) return trained(all, settings, epochs);
  const first = await trained(all.subarray(0, all.length - validation), settings, epochs, all);
  if (!refit || first.best === undefined) return first;
  return { ...(await trained(all, settings, first.best.epoch)), best: first.best };
}

/** @param whole The values to train on with those to validate on behind them. */
async function trained(
  train: Float64Array,
  { log, differences, lags, network, ...settings }: Settled,
  epochs: number,
  whole?: Float64Array,
): Promise<FittedForecaster> {
  const { seed, lr, weightDecay, batchSize, patience } = settings;
  const transform = SeriesTransform.fit(train, { log, differences });
  const samples = new ForecastWindows(train, { transform, lags });
  manualSeed(seed);
  const model = new SeriesForecaster(lags, network);
  const stopping = whole && new EarlyStopping(model, { patience });
  await fit({
    model,
    optimizer: new Adam(model.parameters(), { lr, weightDecay }),
    loss: mseLoss,
    train: loader(samples, batchSize, seed),
    ...(whole === undefined
      ? {}
      : {
          validation: loader(
            new ForecastWindows(whole, { transform, lags, start: train.length }),
            500,
          ),
        }),
    epochs,
    callbacks: stopping ? [stopping] : [],
  });
  const best = stopping?.best;
  return {
    forecast: nextValue('fitForecaster', model, transform, lags),
    needs: transform.lost + lags,
    model,
    transform,
    ...(best === undefined ? {} : { best }),
  };
}

function loader(set: ArrayDataset<'x' | 'y'>, batchSize: number, seed?: number): BatchSource {
  const shuffle = seed === undefined ? {} : { shuffle: true, seed };
  return new DataLoader(set, {
    batchSize: Math.min(batchSize, set.length),
    reuse: true,
    collate: asArrays,
    ...shuffle,
  });
}
