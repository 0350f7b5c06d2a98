import { ArgumentError } from '../../engine/core/errors.js';
import { SeriesForecaster, type SeriesForecasterOptions } from '../../nn/index.js';
import type { Family, FamilyOptions, Task } from './family.js';

/** LSTM, GRU or MLP on windows of a series: see `SeriesForecaster`. */
export const forecasterFamily: Family = {
  name: 'forecaster',
  summary: 'LSTM, GRU or MLP that forecasts a series from its last values',
  reads: 'series',
  examples: [
    'gradus train forecaster --data airline --data-dir ../shared/data --scale log --differences 12,1 --season 12',
    'gradus train forecaster --data sunspots --lags 27 --batch-size 32 --epochs 60 --early-stop 8',
    'gradus train forecaster --data sales.csv --target sold --time month --save sales.safetensors',
  ],
  settings: {
    cell: {
      kind: 'choice',
      values: ['lstm', 'gru', 'mlp'],
      default: 'lstm',
      summary: 'what reads the last values',
    },
    hiddenSize: { kind: 'integer', least: 1, default: 16, summary: 'units of the state' },
    linear: {
      kind: 'choice',
      values: ['yes', 'no'],
      default: 'yes',
      summary: 'an autoregression beside it',
    },
    dropout: {
      kind: 'fraction',
      default: 0,
      summary: 'probability of a unit to be dropped',
    },
    lags: { kind: 'integer', least: 1, default: 12, summary: 'steps that a forecast looks at' },
    scale: {
      kind: 'choice',
      values: ['linear', 'log'],
      default: 'linear',
      summary: 'log for a series above 0 that grows by shares',
    },
    differences: {
      kind: 'sizes',
      default: [],
      summary: 'lags of differences that are taken, such as 12,1',
    },
    season: {
      kind: 'integer',
      least: 0,
      default: 0,
      summary: 'steps of a season, for what forecasts are compared with; 0 for none',
    },
  },
  recipe: { optimizer: 'adam', lr: 1e-3, lrDecay: 1, batchSize: 16 },
  create: createForecaster,
};

function createForecaster({ inputShape }: Task, options: FamilyOptions): SeriesForecaster {
  const [lags = 1, columns] = inputShape;
  if (inputShape.length === 2 && columns === 1) {
    const settings = options as SeriesForecasterOptions;
    return new SeriesForecaster(lags, { ...settings, linear: options['linear'] === 'yes' });
  }
  throw new ArgumentError(
    `forecaster: samples have shape [${inputShape.join(', ')}], and it takes windows of a series, ` +
      '[L, 1]; use another family, such as mlp.',
  );
}
