import { ForecastWindows, SeriesTransform } from '../../data/index.js';
import type { ForecastTask, LoadedModel } from '../../train/index.js';
import { UsageError } from '../usage-error.js';
import { isSeriesName, loadSeriesRows } from './series-rows.js';
import type { Where } from './table-rows.js';

/**
 * The windows of a series that a model is evaluated on: of the series it was trained on those of the last
 * part; otherwise all that can be forecast.
 *
 * @throws UsageError where there are too few values.
 */
export async function seriesToTest(
  { training }: LoadedModel,
  { target, time, transform: json, inputShape }: ForecastTask,
  name: string,
  where: Where,
): Promise<{ name: string; source: string; test: ForecastWindows }> {
  const columns = isSeriesName(name) ? {} : { target, ...(time === null ? {} : { time }) };
  const { data, testFraction } = training;
  const isOwn = name === data && typeof testFraction === 'number';
  const flags = isOwn ? { ...columns, testFraction } : columns;
  const { source, whole, train } = await loadSeriesRows(name, flags, where);
  const transform = SeriesTransform.fromJSON(json);
  const [lags = 1] = inputShape;
  const needs = transform.lost + lags;
  if (whole.length <= needs) {
    throw new UsageError(
      `${name} has ${whole.length} values, and a forecast looks at ${needs}; give --data a longer series.`,
    );
  }
  const start = isOwn ? { start: train.length } : {};
  return { name, source, test: new ForecastWindows(whole, { transform, lags, ...start }) };
}
