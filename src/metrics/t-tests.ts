import { ArgumentError } from '../engine/core/errors.js';
import { studentTails } from './distributions.js';
import { checkFinite, checkSameLength, valuesOf } from './inputs.js';
import type { Values } from './metric.js';

/** What a t-test finds. */
export interface TTest {
  /** The mean difference, first less second. */
  readonly difference: number;
  /** t; ±∞ where all differences are the same, and NaN where they are all 0. */
  readonly statistic: number;
  /** Degrees of freedom. */
  readonly df: number;
  /** Two-sided p-value. */
  readonly p: number;
}

/** Options of `pairedTTest`. */
export interface PairedTTestOptions {
  /**
   * Of figures of the folds of a cross-validation: samples tested on by samples trained on, 1 / (k − 1)
   * for k folds. Training parts overlap, so the figures are not independent, and without this correction
   * differences look more certain than they are. Default 0, for independent pairs.
   */
  testTrainRatio?: number;
}

/**
 * Student's t-test of pairs: whether the mean of their differences d is 0,
 * t = d̄ / √((1/N + testTrainRatio) s²), s² the variance of d.
 *
 * @param first figures of one model, [N].
 * @param second figures of the other in the same places, [N].
 * @throws ShapeError for lengths that differ, ArgumentError for fewer than two pairs and for values that
 *   are not finite.
 * @example
 * const { p } = pairedTTest([0.91, 0.93, 0.9], [0.9, 0.9, 0.89], { testTrainRatio: 1 / 2 });
 * @see Correction: Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
 */
export function pairedTTest(
  first: Values,
  second: Values,
  options: PairedTTestOptions = {},
): TTest {
  const op = 'paired t-test';
  const { testTrainRatio = 0 } = options;
  const [a, b] = [
    { name: 'first values', values: first },
    { name: 'second values', values: second },
  ];
  checkSameLength(op, a, b);
  const [ours, theirs] = [valuesOf(first), valuesOf(second)];
  checkFinite(op, 'first', ours);
  checkFinite(op, 'second', theirs);
  const n = ours.length;
  if (n < 2) throw new ArgumentError(`${op}: there are ${n} pairs; give at least two.`);
  if (!(testTrainRatio >= 0 && testTrainRatio < Infinity)) {
    throw new ArgumentError(
      `${op}: testTrainRatio is ${testTrainRatio}; give samples tested on by samples trained on.`,
    );
  }
  const differences = Array.from({ length: n }, (_, i) => ours[i]! - theirs[i]!);
  const difference = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - difference) ** 2, 0) / (n - 1);
  return testOf(difference, Math.sqrt((1 / n + testTrainRatio) * variance), difference, n - 1);
}

function testOf(top: number, error: number, difference: number, df: number): TTest {
  const statistic = top / error;
  return { difference, statistic, df, p: studentTails(statistic, df) };
}

/**
 * Dietterich's 5×2cv test: whether two models, trained and tested five times on halves of a set and the
 * other way round, differ more than chance: t = d₁₁ / √(⅕ Σ sᵢ²), sᵢ² the variance of the two
 * differences of a repeat, with 5 degrees of freedom. It hardly ever claims what is not there.
 *
 * @param first figures of one model, [5, 2]: rows are repeats, columns halves.
 * @param second figures of the other in the same places.
 * @throws ArgumentError unless there are five rows of two finite values each.
 * @example
 * const a = [[0.9, 0.91], [0.92, 0.9], [0.91, 0.93], [0.9, 0.9], [0.92, 0.91]];
 * const b = [[0.88, 0.9], [0.9, 0.89], [0.9, 0.9], [0.89, 0.88], [0.9, 0.9]];
 * fiveByTwoTest(a, b).df; // 5
 * @see Dietterich, "Approximate Statistical Tests for Comparing Supervised Classification Learning
 *   Algorithms", Neural Computation 10(7), 1998.
 */
export function fiveByTwoTest(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): TTest {
  const op = '5×2cv test';
  for (const [name, rows] of [
    ['first', first],
    ['second', second],
  ] as const) {
    if (rows.length === 5 && rows.every((row) => row.length === 2)) {
      checkFinite(op, name, rows.flat());
      continue;
    }
    throw new ArgumentError(
      `${op}: ${name} has ${rows.length} rows of ${rows[0]?.length ?? 0} values; give five repeats of two.`,
    );
  }
  const differences = first.map((row, i) => row.map((v, half) => v - second[i]![half]!));
  const variances = differences.map(([a, b]) => (a! - b!) ** 2 / 2);
  const mean = differences.flat().reduce((sum, d) => sum + d, 0) / 10;
  const error = Math.sqrt(variances.reduce((sum, v) => sum + v, 0) / 5);
  return testOf(differences[0]![0]!, error, mean, 5);
}
