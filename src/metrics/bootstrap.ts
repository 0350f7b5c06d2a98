import { normalQuantile } from '../engine/core/normal-quantile.js';
import { ArgumentError, NumericError, ShapeError } from '../engine/core/errors.js';
import { philoxBlock } from '../engine/core/philox.js';
import { normalCdf } from './distributions.js';
import { quantileOf } from './quantile.js';

/** Options of `bootstrap`. */
export interface BootstrapOptions {
  /** Number of resamples; default 9999. */
  nResamples?: number;
  /** How often an interval should hold the true value; default 0.95. */
  confidenceLevel?: number;
  /**
   * 'percentile': quantiles of the resamples. 'basic': the same, reflected at the estimate. 'BCa', the
   * default: percentiles corrected for bias and skewness, which computes the statistic once more for each
   * sample.
   */
  method?: 'percentile' | 'basic' | 'BCa';
  /** What is drawn; default 0. */
  seed?: number;
}

/** An estimate with its interval. */
export interface BootstrapResult {
  /** The statistic of the samples themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The standard deviation of the statistic over the resamples. */
  readonly standardError: number;
  /** The statistic of each resample. */
  readonly distribution: Float64Array;
}

/** What `bootstrap` takes: columns of one length. */
export type Columns = readonly ArrayLike<number>[];

/** Columns drawn anew. */
export type Resampled<S extends Columns> = { readonly [K in keyof S]: Float64Array };

/** A statistic of columns. */
export type Statistic<S extends Columns> = (...columns: Resampled<S>) => number;

/**
 * A confidence interval of any statistic, by drawing samples anew from those there are.
 *
 * The columns are drawn from together: row i is one sample. What is no column of numbers is reached by
 * index: give `[indices]` and look up the rest in the statistic. It takes `nResamples` computations of the
 * statistic, and as many again as there are samples for 'BCa'; of large sets prefer 'percentile'. Where
 * all resamples give the same, both ends are that. The same seed gives the same interval.
 *
 * @param columns numbers, each [N].
 * @param statistic what is estimated, from resampled columns.
 * @throws ShapeError for columns that differ in length, ArgumentError for fewer than two samples and for
 *   options that cannot be, NumericError where the statistic of a resample is NaN or ±∞ (an AUC, say, of
 *   a resample with one class), and for 'BCa' where the estimate lies outside of all resamples (as the
 *   number of distinct values does).
 * @example
 * const { low, high } = bootstrap([labels, predictions], accuracyScore, { method: 'percentile' });
 * @see Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; BCa: Efron, "Better Bootstrap
 *   Confidence Intervals", JASA 82, 1987.
 */
export function bootstrap<const S extends Columns>(
  columns: S,
  statistic: Statistic<S>,
  options: BootstrapOptions = {},
): BootstrapResult {
  const { nResamples = 9999, confidenceLevel = 0.95, method = 'BCa', seed = 0 } = options;
  checkOptions({ nResamples, confidenceLevel, method, seed });
  const n = checkColumns(columns);
  const of = (indices: Int32Array): number => {
    const resampled = columns.map((column) => {
      const drawn = new Float64Array(indices.length);
      for (let k = 0; k < drawn.length; k++) drawn[k] = column[indices[k]!]!;
      return drawn;
    });
    return statistic(...(resampled as unknown as Resampled<S>));
  };
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const estimate = checkStatistic(of(all), 'all samples');
  const distribution = new Float64Array(nResamples);
  for (let r = 0; r < nResamples; r++) {
    distribution[r] = checkStatistic(of(drawIndices(n, seed, r)), `resample ${r}`);
  }
  const jackknife = (): Float64Array =>
    Float64Array.from(all, (left) =>
      checkStatistic(of(all.filter((i) => i !== left)), `all samples but ${left}`),
    );
  const [low, high] = intervalOf(method, distribution, estimate, jackknife, confidenceLevel);
  return { estimate, low, high, standardError: deviation(distribution), distribution };
}

function checkOptions(options: Required<BootstrapOptions>): void {
  const { nResamples, confidenceLevel, method, seed } = options;
  const fail = (what: string): never => {
    throw new ArgumentError(`bootstrap: ${what}.`);
  };
  if (!Number.isInteger(nResamples) || nResamples < 2) {
    fail(`nResamples is ${nResamples}; give an integer of at least 2`);
  }
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) {
    fail(`confidenceLevel is ${confidenceLevel}; give a number between 0 and 1`);
  }
  if (!['percentile', 'basic', 'BCa'].includes(method)) {
    fail(`method is '${String(method)}'; give 'percentile', 'basic' or 'BCa'`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    fail(`seed is ${seed}; give an integer from 0 to 2^53 - 1`);
  }
}

function checkColumns(columns: Columns): number {
  const n = columns[0]?.length ?? 0;
  const odd = columns.findIndex((column) => column.length !== n);
  if (odd >= 0) {
    throw new ShapeError(
      `bootstrap: column ${odd} has ${columns[odd]!.length} values and column 0 has ${n}; give columns ` +
        'of one length.',
    );
  }
  if (n < 2) throw new ArgumentError(`bootstrap: there are ${n} samples; give at least two.`);
  return n;
}

function checkStatistic(value: number, of: string): number {
  if (Number.isFinite(value)) return value;
  throw new NumericError(
    `bootstrap: the statistic of ${of} is ${value}; give one that is finite for all resamples.`,
  );
}

/** Tells these numbers from those that tensors and data sets draw with the same seed. */
const PURPOSE = 16;

/** n indices below n, drawn with replacement; a function of its arguments alone. */
function drawIndices(n: number, seed: number, resample: number): Int32Array {
  const key = [seed >>> 0, Math.floor(seed / 4294967296)];
  const block = new Uint32Array(4);
  // Words beyond the largest multiple of n would favour small indices.
  const limit = 4294967296 - (4294967296 % n);
  const indices = new Int32Array(n);
  for (let at = 0, next = 0; at < n; next++) {
    philoxBlock([next, PURPOSE, resample, 0], key, block);
    for (const word of block) if (word < limit && at < n) indices[at++] = word % n;
  }
  return indices;
}

/**
 * The interval of a distribution.
 *
 * @param jackknife the statistic without each of the samples.
 */
export function intervalOf(
  method: 'percentile' | 'basic' | 'BCa',
  distribution: Float64Array,
  estimate: number,
  jackknife: () => Float64Array,
  confidenceLevel: number,
): readonly [number, number] {
  const sorted = distribution.slice().sort();
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (first === last) return [first, last];
  const alpha = (1 - confidenceLevel) / 2;
  const [lower, upper] =
    method === 'BCa' ? correctedLevels(sorted, estimate, jackknife, alpha) : [alpha, 1 - alpha];
  const [low, high] = [quantileOf(sorted, lower), quantileOf(sorted, upper)];
  return method === 'basic' ? [2 * estimate - high, 2 * estimate - low] : [low, high];
}

/** The levels of BCa for α and 1 − α; Efron and Tibshirani (14.10), (14.14) and (14.15). */
function correctedLevels(
  sorted: Float64Array,
  estimate: number,
  jackknife: () => Float64Array,
  alpha: number,
): [number, number] {
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const share = below / sorted.length;
  if (share === 0 || share === 1) {
    throw new NumericError(
      `bootstrap: the estimate ${estimate} lies outside of all resamples (${sorted[0]}…` +
        `${sorted.at(-1)}), for which BCa has no interval; use method 'percentile'.`,
    );
  }
  const bias = normalQuantile(share);
  const without = jackknife();
  const mean = without.reduce((sum, v) => sum + v, 0) / without.length;
  let [squares, cubes] = [0, 0];
  for (const value of without) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const level = (z: number): number =>
    normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile(alpha);
  return [level(z), level(-z)];
}

/** The standard deviation of a sample, with N − 1. */
function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
