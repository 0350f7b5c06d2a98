import {
  autoregression,
  lastValue,
  seasonalNaive,
  seasonalRatio,
  walkForward,
  type OneStepForecast,
} from '../../data/index.js';
import { ArgumentError } from '../../engine/core/errors.js';
import type { FamilyOptions } from '../model-family.js';
import type { SeriesOptions } from './series-parts.js';
import type { SeriesRows } from './series-rows.js';

/** What a person compares a forecaster with. */
export interface SeriesBaseline {
  /** As in JSON. */
  readonly key: string;
  /** For a person to read. */
  readonly name: string;
  /** Root of the mean squared error of forecasts of the test part, one step ahead. */
  readonly rmse: number;
}

/** The last value, that of a season ago, last season's ratio and an autoregression, as far as there are such. */
export function seriesBaselines(
  { whole, train, test }: SeriesRows,
  options: FamilyOptions,
): SeriesBaseline[] {
  const { lags, season } = options as unknown as SeriesOptions;
  const rivals: [key: string, name: string, forecast: OneStepForecast | undefined][] = [
    ['lastValue', 'the last value', lastValue],
  ];
  if (season > 0 && season < train.length) {
    rivals.push(['seasonalNaive', `that of ${season} steps ago`, seasonalNaive(season)]);
    if (whole.every((value) => value > 0)) {
      rivals.push(['seasonalRatio', "last season's ratio", seasonalRatio(season)]);
    }
  }
  rivals.push(['autoregression', `AR(${lags})`, autoregressionOf(train, lags)]);
  return rivals.flatMap(([key, name, forecast]) =>
    forecast === undefined
      ? []
      : [{ key, name, rmse: walkForward(whole, test.length, forecast).rmse }],
  );
}

/** Undefined where the series does not determine one. */
function autoregressionOf(train: Float64Array, p: number): OneStepForecast | undefined {
  try {
    return autoregression(train, p);
  } catch (error) {
    if (error instanceof ArgumentError) return undefined;
    throw error;
  }
}
