import type { OneStepForecast } from '../data/forecast-baselines.js';
import type { SeriesTransform } from '../data/series-transform.js';
import { ArgumentError, NumericError } from '../engine/core/errors.js';
import { compile, fromData, noGrad, type Tensor } from '../tensor/index.js';
import type { TrainableModel } from './sources.js';

/**
 * The next value of a series, by a model of its transform.
 *
 * @param op Whose messages they are.
 * @param model In evaluation mode.
 */
export function nextValue(
  op: string,
  model: TrainableModel,
  transform: SeriesTransform,
  lags: number,
): OneStepForecast {
  const needs = transform.lost + lags;
  const output = compile((x: Tensor) => noGrad(() => model.forward(x)));
  return (history) => {
    if (history.length < needs) {
      throw new ArgumentError(
        `${op}: a forecast looks at the last ${needs} values, and there are ${history.length}; give a ` +
          'longer series.',
      );
    }
    const tail = history.subarray(history.length - needs);
    const z = Float32Array.from(transform.apply(tail));
    const next = transform.invert(tail, output(fromData(z, [1, lags, 1])).dataSync())[0]!;
    if (Number.isFinite(next)) return next;
    throw new NumericError(
      `${op}: the forecast is ${next}; the values or the weights are too large.`,
    );
  };
}
