import { ArgumentError } from '../engine/core/errors.js';
import { ArrayDataset } from './array-dataset.js';
import { requireInteger } from './generated-batches.js';

/** Options of `seriesWindows`. */
export interface SeriesWindowsOptions {
  /** Steps that a window looks at, L. */
  readonly lags: number;
  /** Steps ahead to be told, H; default 1. */
  readonly horizon?: number;
}

/**
 * All windows of a series as samples: x has L steps of all columns, y the H values of the first column
 * that follow. Window i begins at step i.
 *
 * @param columns The target, then other columns, of one length T.
 * @returns T - L - H + 1 samples, x f32 [L, C], y f32 [H].
 * @throws ArgumentError where the series is too short for a window, or columns differ in length.
 * @example
 * const windows = seriesWindows([Float64Array.of(1, 2, 3, 4)], { lags: 2 });
 * windows.get(0); // x [[1], [2]], y [3]
 */
export function seriesWindows(
  columns: readonly ArrayLike<number>[],
  { lags, horizon = 1 }: SeriesWindowsOptions,
): ArrayDataset<'x' | 'y'> {
  const op = 'seriesWindows';
  requireInteger(op, 'lags', lags, 1);
  requireInteger(op, 'horizon', horizon, 1);
  const steps = columns[0]?.length ?? 0;
  const other = columns.find(({ length }) => length !== steps);
  if (other !== undefined) {
    throw new ArgumentError(
      `${op}: columns have ${steps} and ${other.length} values; give columns of one length.`,
    );
  }
  const count = steps - lags - horizon + 1;
  if (count < 1) {
    throw new ArgumentError(
      `${op}: a series of ${steps} values has no window of ${lags} lags and ${horizon} to forecast; give ` +
        `at least ${lags + horizon} values, or fewer lags.`,
    );
  }
  const width = columns.length;
  const x = new Float32Array(count * lags * width);
  const y = new Float32Array(count * horizon);
  for (let i = 0; i < count; i++) {
    for (let t = 0; t < lags; t++) {
      for (const [c, column] of columns.entries()) {
        x[(i * lags + t) * width + c] = column[i + t]!;
      }
    }
    for (let h = 0; h < horizon; h++) y[i * horizon + h] = columns[0]![i + lags + h]!;
  }
  return new ArrayDataset({
    x: { dtype: 'f32', shape: [count, lags, width], values: x },
    y: { dtype: 'f32', shape: [count, horizon], values: y },
  });
}
