import { ForecastWindows, SeriesTransform } from '../../data/index.js';
import type { FamilyOptions } from '../model-family.js';
import type { ForecastTask } from '../../train/index.js';
import { UsageError } from '../usage-error.js';
import type { SeriesRows } from './series-rows.js';

/** What the flags of a family say of series. */
export interface SeriesOptions {
  readonly lags: number;
  readonly scale: string;
  readonly differences: readonly number[];
  readonly season: number;
}

/** The windows of a series, divided, and what a model of them is for. */
interface SeriesParts {
  readonly train: ForecastWindows;
  readonly validation: ForecastWindows | undefined;
  readonly test: ForecastWindows;
  readonly task: ForecastTask;
}

/**
 * A series is validated on at the end of its training part; logarithm, differences and scale are learnt
 * from what is in front of that.
 */
export function seriesParts(
  { whole, train: all, target, time }: SeriesRows,
  valFraction: number,
  options: FamilyOptions,
): SeriesParts {
  const { lags, scale, differences } = options as unknown as SeriesOptions;
  const validation = Math.round(valFraction * all.length);
  const cut = all.length - validation;
  const needs = differences.reduce((a, b) => a + b, lags);
  if (cut < needs + 2 || (valFraction > 0 && validation === 0)) {
    throw new UsageError(
      `the series leaves ${cut} values to train on and ${validation} to validate on, and a forecast looks ` +
        `at ${needs}; give a longer series, or smaller --lags or --differences.`,
    );
  }
  const train = all.subarray(0, cut);
  const transform = SeriesTransform.fit(train, { log: scale === 'log', differences });
  const part = (values: Float64Array, start?: number): ForecastWindows =>
    new ForecastWindows(values, { transform, lags, ...(start === undefined ? {} : { start }) });
  return {
    train: part(train),
    validation: validation === 0 ? undefined : part(all, cut),
    test: part(whole, all.length),
    task: {
      kind: 'forecast',
      inputShape: [lags, 1],
      target,
      time,
      transform: transform.toJSON(),
    },
  };
}
