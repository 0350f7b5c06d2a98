import { SeriesTransform } from '../data/series-transform.js';
import { ArgumentError } from '../engine/core/errors.js';
import type { LoadedModel } from './model-file.js';
import { nextValue } from './next-value.js';
import { givesOf } from './task-texts.js';

/** Options of `forecast`. */
export interface ForecastOptions {
  /** How many values to forecast; those behind the first take forecasts for values. Default 1. */
  readonly steps?: number;
}

/**
 * The values that follow on a series, as a model file forecasts them: does the transform that came with the
 * model, computes, and undoes it.
 *
 * @param history Values of the series as they are, the earliest first.
 * @returns f64 [steps].
 * @throws ArgumentError for a model of another task, a history that is too short, values that are not finite,
 *   or not above 0 under a logarithm; NumericError where a forecast is NaN or ±∞.
 * @example
 * const next = forecast(await loadModel('sales.safetensors'), [112, 118, 132], { steps: 12 });
 */
export function forecast(
  loaded: LoadedModel,
  history: ArrayLike<number>,
  { steps = 1 }: ForecastOptions = {},
): Float64Array {
  const { task } = loaded;
  if (task.kind !== 'forecast') {
    const { gives, use } = givesOf(task);
    throw new ArgumentError(`forecast: the model ${gives}, and is not for series; ${use}.`);
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError(`forecast: steps is ${steps}; give an integer of at least 1.`);
  }
  const transform = SeriesTransform.fromJSON(task.transform);
  const next = nextValue('forecast', loaded.model, transform, task.inputShape[0]!);
  const values = new Float64Array(history.length + steps);
  values.set(history);
  for (let end = history.length; end < values.length; end++) {
    values[end] = next(values.subarray(0, end));
  }
  return values.slice(history.length);
}
