/**
 * Checks of the values of inputs and targets. Those that are known are checked at the call, those of
 * a compiled function's arguments at each of its calls, and computed ones where checks are on.
 */
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { requireValues } from '../../tensor/require-range.js';

/** Which values fit. */
export interface Allowed {
  readonly fits: (value: number) => boolean;
  /** What to use instead of one that does not. */
  readonly use: string;
}

export const NUMBERS: Allowed = {
  fits: (value) => !Number.isNaN(value),
  use: 'numbers, and leave out samples that have none',
};
export const PROBABILITIES: Allowed = {
  fits: (value) => value >= 0 && value <= 1,
  use: 'numbers from 0 to 1',
};
export const NOT_NEGATIVE: Allowed = { fits: (value) => value >= 0, use: 'numbers of at least 0' };
export const SIGNS: Allowed = { fits: (value) => value === 1 || value === -1, use: '1 and -1' };

/** Throws an ArgumentError where a value of `t` does not fit. */
export function requireKnown(op: string, name: string, t: Tensor, { fits, use }: Allowed): void {
  requireValues(t, [], (values) => {
    for (const value of values) {
      if (!fits(value)) throw new ArgumentError(`${op}: ${name} has ${value}; use ${use}.`);
    }
  });
}

/** How far the sum of a distribution may be from 1: what few digits and f32 make of it. */
const SUM_TOLERANCE = 1e-3;

/**
 * Throws an ArgumentError unless `t` holds distributions along an axis: numbers that are not
 * negative and sum to 1, to a thousandth.
 */
export function requireDistributions(op: string, name: string, t: Tensor, axis: number): void {
  const classes = t.shape[axis]!;
  const inner = t.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  requireValues(t, [classes, inner], (values, [count, stride]) => {
    const block = count! * stride!;
    for (let at = 0; at < values.length; at += block) {
      for (let i = at; i < at + stride!; i++) checkSum(values, i, i + block, stride!);
    }
  });

  function checkSum(values: ArrayLike<number>, from: number, to: number, step: number): void {
    let sum = 0;
    for (let i = from; i < to; i += step) {
      const value = values[i]!;
      if (!(value >= -SUM_TOLERANCE)) {
        throw new ArgumentError(`${op}: ${name} has ${value}; use probabilities.`);
      }
      sum += value;
    }
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) return;
    throw new ArgumentError(
      `${op}: ${name} has probabilities that sum to ${Number(sum.toPrecision(4))}; divide those ` +
        'of each sample by their sum.',
    );
  }
}
