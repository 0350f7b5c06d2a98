import { ArgumentError } from '../engine/core/errors.js';
import { ArrayDataset } from './array-dataset.js';
import type { SeriesTransform } from './series-transform.js';
import { seriesWindows } from './series-windows.js';

/** Options of `ForecastWindows`. */
export interface ForecastWindowsOptions {
  readonly transform: SeriesTransform;
  /** L, steps of the transformed series that a window looks at. */
  readonly lags: number;
  /** The first value to forecast; default the first that can be. */
  readonly start?: number;
}

/**
 * The windows of a transformed series, x f32 [L, 1] and y f32 [1], for each value from `start` on; and the
 * way from what a model makes of them to values as they are.
 *
 * @throws ArgumentError where a value has too few before it.
 * @example
 * const windows = new ForecastWindows(values, { transform, lags: 12, start: 96 });
 * windows.forecasts(outputs); // to be compared with windows.targets
 */
export class ForecastWindows extends ArrayDataset<'x' | 'y'> {
  /** The values to forecast, as they are. */
  readonly targets: Float64Array;
  readonly #values: Float64Array;
  readonly #transform: SeriesTransform;

  constructor(
    values: Float64Array,
    { transform, lags, start = transform.lost + lags }: ForecastWindowsOptions,
  ) {
    const first = start - transform.lost - lags;
    if (first < 0 || start >= values.length) {
      throw new ArgumentError(
        `ForecastWindows: to forecast value ${start} of ${values.length} takes the ` +
          `${transform.lost + lags} before it; give a longer series, fewer lags or smaller differences.`,
      );
    }
    const windows = seriesWindows([transform.apply(values.subarray(first))], { lags });
    super({ x: windows.column('x'), y: windows.column('y') });
    this.targets = values.slice(start);
    this.#values = values;
    this.#transform = transform;
  }

  /** The values that a model forecasts which has given each window the output z, [N]. */
  forecasts(z: ArrayLike<number>): Float64Array {
    const { lost } = this.#transform;
    const start = this.#values.length - this.length;
    return this.targets.map((_, i) => {
      const history = this.#values.subarray(start + i - lost, start + i);
      return this.#transform.invert(history, [z[i]!])[0]!;
    });
  }
}
