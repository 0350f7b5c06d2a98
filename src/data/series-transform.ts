import { ArgumentError, FormatError } from '../engine/core/errors.js';

/** Options of `SeriesTransform.fit`. */
export interface SeriesTransformOptions {
  /** Take logarithms first, for series above 0 that grow by shares. Default false. */
  readonly log?: boolean;
  /**
   * Lags of differences, one after the other: [1] for changes, [12] for changes since a year ago of
   * months, [12, 1] for both. Default none.
   */
  readonly differences?: readonly number[];
}

/** More than any series takes. */
const MAX_DIFFERENCES = 100;

/** A `SeriesTransform` as plain JSON. */
export interface SeriesTransformJson {
  readonly log: boolean;
  readonly differences: readonly number[];
  readonly mean: number;
  readonly std: number;
}

/**
 * What makes a series one that a network can learn: logarithm, differences, then mean 0 and standard
 * deviation 1, both of the part that it was fitted on; and the way back for forecasts.
 *
 * z = (Δ_{d1} Δ_{d2} … log x - mean) / std, where (Δ_d v)_t = v_t - v_{t-d}
 *
 * @example
 * const transform = SeriesTransform.fit(values.subarray(0, 96), { log: true, differences: [12] });
 * const z = transform.apply(values); // 12 fewer, transform.lost
 * transform.invert(values, [0]); // the next value, if all goes on as it did on average
 */
export class SeriesTransform {
  /** How many values at the beginning of a series have no difference. */
  readonly lost: number;

  /** @internal */
  private constructor(
    readonly log: boolean,
    readonly differences: readonly number[],
    readonly mean: number,
    readonly std: number,
  ) {
    this.lost = differences.reduce((a, b) => a + b, 0);
  }

  /**
   * The transform of the part to train on.
   *
   * @throws ArgumentError for a series that is too short, constant, not finite, or not above 0 under a
   *   logarithm.
   */
  static fit(values: ArrayLike<number>, options: SeriesTransformOptions = {}): SeriesTransform {
    const { log = false, differences = [] } = options;
    const odd = differences.find((d) => !Number.isInteger(d) || d < 1);
    if (odd !== undefined) {
      throw new ArgumentError(
        `SeriesTransform: differences has the lag ${odd}; give integers of at least 1.`,
      );
    }
    const raw = new SeriesTransform(log, differences, 0, 1);
    const z = raw.apply(values);
    if (z.length < 2) {
      throw new ArgumentError(
        `SeriesTransform: of ${values.length} values differences of lag ${differences.join(', ')} leave ` +
          `${z.length}; give at least ${raw.lost + 2} values, or smaller lags.`,
      );
    }
    const mean = z.reduce((a, b) => a + b) / z.length;
    const std = Math.sqrt(z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / z.length);
    // Rounding leaves a little of what is constant.
    if (!(std > 1e-12 * (1 + Math.abs(mean)))) {
      const what = raw.lost > 0 || log ? 'after logarithm and differences it is' : 'it is';
      throw new ArgumentError(
        `SeriesTransform: the series has nothing to learn, ${what} the constant ` +
          `${Number(mean.toPrecision(6))}.`,
      );
    }
    return new SeriesTransform(log, differences, mean, std);
  }

  /**
   * The transform that `toJSON` gave, which may come from anywhere.
   *
   * @throws FormatError for what is none.
   */
  static fromJSON(json: unknown): SeriesTransform {
    const { log, differences, mean, std } = (json ?? {}) as Partial<SeriesTransformJson>;
    const isLag = (d: unknown): boolean => Number.isSafeInteger(d) && (d as number) >= 1;
    const isWhole =
      typeof log === 'boolean' &&
      Array.isArray(differences) &&
      differences.length <= MAX_DIFFERENCES &&
      differences.every(isLag) &&
      Number.isFinite(mean) &&
      Number.isFinite(std) &&
      std! > 0;
    if (isWhole) return new SeriesTransform(log, [...(differences as number[])], mean!, std!);
    throw new FormatError(
      'SeriesTransform: the JSON is no transform; give log, differences (integers of at least 1), mean, ' +
        'and std above 0.',
    );
  }

  /** The transform as plain JSON, for `fromJSON`. */
  toJSON(): SeriesTransformJson {
    const { log, differences, mean, std } = this;
    return { log, differences, mean, std };
  }

  /**
   * z of a series, without the first `lost` values.
   *
   * @throws ArgumentError for values that are not finite, or not above 0 under a logarithm.
   */
  apply(values: ArrayLike<number>): Float64Array {
    const levels = this.levels(values);
    return levels.at(-1)!.map((v) => (v - this.mean) / this.std);
  }

  /** The values that follow on `history`, at least `lost` of them, where z is forecast as `z`. */
  invert(history: ArrayLike<number>, z: ArrayLike<number>): Float64Array {
    if (history.length < this.lost) {
      throw new ArgumentError(
        `SeriesTransform: a history of ${history.length} values is too short to undo differences; give ` +
          `the last ${this.lost} or more.`,
      );
    }
    const tail = Array.from(history).slice(history.length - this.lost);
    const levels = this.levels(tail);
    let ahead = Array.from(z, (v) => this.mean + this.std * v);
    for (const [i, lag] of [...this.differences.entries()].reverse()) {
      const line = [...levels[i]!];
      for (const change of ahead) line.push(change + line.at(-lag)!);
      ahead = line.slice(levels[i]!.length);
    }
    return Float64Array.from(ahead, (v) => (this.log ? Math.exp(v) : v));
  }

  /** The series, or its logarithm, then after each difference. */
  private levels(values: ArrayLike<number>): Float64Array[] {
    const first = Float64Array.from(values, (value, i) => {
      if (!Number.isFinite(value)) {
        throw new ArgumentError(
          `SeriesTransform: value ${i} of the series is ${value}; fill in a finite number.`,
        );
      }
      if (!this.log) return value;
      if (value > 0) return Math.log(value);
      throw new ArgumentError(
        `SeriesTransform: value ${i} of the series is ${value}, which has no logarithm; leave log out.`,
      );
    });
    const levels = [first];
    for (const lag of this.differences) {
      const before = levels.at(-1)!;
      const length = Math.max(0, before.length - lag);
      levels.push(Float64Array.from({ length }, (_, i) => before[i + lag]! - before[i]!));
    }
    return levels;
  }
}
