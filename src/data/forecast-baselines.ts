import { ArgumentError } from '../engine/core/errors.js';
import { requireInteger } from './generated-batches.js';

/** The next value of a series, from those before it. */
export type OneStepForecast = (history: Float64Array) => number;

/** Forecasts, and what came. */
export interface WalkForward {
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
  readonly rmse: number;
  readonly mae: number;
}

/**
 * One-step-ahead forecasts of the last values of a series: each from all that came before it, and what it
 * forecasts is known to the next.
 *
 * @param test How many of the last values to forecast.
 * @throws ArgumentError where fewer than 2 values would be left before them.
 * @example
 * walkForward(passengers, 48, seasonalNaive(12)).rmse; // 41.85 for the airline's
 */
export function walkForward(
  values: ArrayLike<number>,
  test: number,
  forecast: OneStepForecast,
): WalkForward {
  requireInteger('walkForward', 'test', test, 1);
  const series = Float64Array.from(values);
  const start = series.length - test;
  if (start < 2) {
    throw new ArgumentError(
      `walkForward: a test of ${test} of ${series.length} values leaves ${Math.max(0, start)} to forecast ` +
        `from; use at most ${Math.max(0, series.length - 2)}.`,
    );
  }
  const actual = series.slice(start);
  const predicted = actual.map((_, i) => forecast(series.subarray(0, start + i)));
  const errors = predicted.map((value, i) => value - actual[i]!);
  const mean = (of: Float64Array): number => of.reduce((a, b) => a + b) / test;
  return {
    predicted,
    actual,
    rmse: Math.sqrt(mean(errors.map((e) => e * e))),
    mae: mean(errors.map(Math.abs)),
  };
}

/** x̂_t = x_{t-1}: what any forecast has to beat. */
export const lastValue: OneStepForecast = (history) => before('lastValue', history, 1);

/** x̂_t = x_{t-s}, for a season of s steps. Throws an ArgumentError for a shorter history. */
export function seasonalNaive(season: number): OneStepForecast {
  requireInteger('seasonalNaive', 'season', season, 1);
  return (history) => before('seasonalNaive', history, season);
}

/** x̂_t = x_{t-1} x_{t-s} / x_{t-s-1}: changes by the share it changed by a season ago. */
export function seasonalRatio(season: number): OneStepForecast {
  const op = 'seasonalRatio';
  requireInteger(op, 'season', season, 1);
  return (history) =>
    (before(op, history, 1) * before(op, history, season)) / before(op, history, season + 1);
}

function before(op: string, history: Float64Array, lag: number): number {
  if (history.length >= lag) return history.at(-lag)!;
  throw new ArgumentError(
    `${op}: the history has ${history.length} values, and the one ${lag} steps back is needed; give a ` +
      'longer series.',
  );
}

/**
 * An autoregression, x̂_t = c + Σ_k a_k x_{t-k} for k = 1 … p, by least squares over a series.
 *
 * @returns Forecasts of the next value, with `intercept` c and `coefficients` a.
 * @throws ArgumentError where the series has fewer than 2p + 1 values, or is such that the coefficients are
 *   not determined, a constant one for example.
 * @example
 * const forecast = autoregression(sunspots.subarray(0, 2256), 27);
 * walkForward(sunspots, 564, forecast).rmse; // 18.11
 */
export function autoregression(
  values: ArrayLike<number>,
  p: number,
): OneStepForecast & { readonly intercept: number; readonly coefficients: Float64Array } {
  const op = 'autoregression';
  requireInteger(op, 'p', p, 1);
  const series = Float64Array.from(values);
  const rows = series.length - p;
  if (rows < p + 1) {
    throw new ArgumentError(
      `${op}: ${series.length} values are too few for ${p} coefficients and an intercept; give at least ` +
        `${2 * p + 1}, or a smaller p.`,
    );
  }
  const design = Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: p + 1 }, (__, k) => (k === 0 ? 1 : series[i + p - k]!)),
  );
  const solution = leastSquares(design, series.slice(p));
  if (solution === undefined) {
    throw new ArgumentError(
      `${op}: ${p} coefficients are not determined by this series, which repeats itself; use a smaller p.`,
    );
  }
  const [intercept, coefficients] = [solution[0]!, solution.slice(1)];
  const forecast = (history: Float64Array): number =>
    coefficients.reduce((sum, a, k) => sum + a * before(op, history, k + 1), intercept);
  return Object.assign(forecast, { intercept, coefficients });
}

/** The w that makes ‖A w - b‖ least, by Householder reflections; undefined where A lacks rank. */
function leastSquares(
  rows: readonly Float64Array[],
  target: Float64Array,
): Float64Array | undefined {
  const width = rows[0]!.length;
  const columns = Array.from({ length: width }, (_, k) =>
    Float64Array.from(rows, (row) => row[k]!),
  );
  const b = Float64Array.from(target);
  const diagonal = new Float64Array(width);
  for (const [k, v] of columns.entries()) {
    const whole = Math.sqrt(dot(v, v, 0));
    const rest = Math.sqrt(dot(v, v, k));
    if (!(rest > 1e-12 * whole)) return undefined;
    diagonal[k] = v[k]! > 0 ? -rest : rest;
    v[k]! -= diagonal[k]!;
    const square = dot(v, v, k);
    for (const other of [...columns.slice(k + 1), b]) {
      const factor = (2 * dot(v, other, k)) / square;
      for (let i = k; i < v.length; i++) other[i]! -= factor * v[i]!;
    }
  }
  const w = new Float64Array(width);
  for (let k = width - 1; k >= 0; k--) {
    let sum = b[k]!;
    for (let j = k + 1; j < width; j++) sum -= columns[j]![k]! * w[j]!;
    w[k] = sum / diagonal[k]!;
  }
  return w;
}

/** Σ a_i b_i from `start` on. */
function dot(a: Float64Array, b: Float64Array, start: number): number {
  let sum = 0;
  for (let i = start; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
