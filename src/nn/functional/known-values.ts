/**
 * Checks of the values of inputs and targets. Those that are known are checked at the call, those of
 * a compiled function's arguments at each of its calls, and computed ones where checks are on.
 */
import type { TypedArray } from '../../engine/core/dtype.js';
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { requireValues } from '../../tensor/require-range.js';

/** Which values fit: those from `low` to `high`, of them all or only the two. */
export interface Allowed {
  readonly low: number;
  readonly high: number;
  readonly onlyEnds?: boolean;
  /** What to use instead of one that does not. */
  readonly use: string;
}

export const NUMBERS: Allowed = {
  low: -Infinity,
  high: Infinity,
  use: 'numbers, and leave out samples that have none',
};
export const PROBABILITIES: Allowed = { low: 0, high: 1, use: 'numbers from 0 to 1' };
export const NOT_NEGATIVE: Allowed = { low: 0, high: Infinity, use: 'numbers of at least 0' };
export const SIGNS: Allowed = { low: -1, high: 1, onlyEnds: true, use: '1 and -1' };

/** Throws an ArgumentError where a value of `t` is NaN or does not fit. */
export function requireKnown(op: string, name: string, t: Tensor, allowed: Allowed): void {
  requireValues(t, [], (values) => {
    const value = firstUnfit(values, allowed);
    if (value === undefined) return;
    throw new ArgumentError(`${op}: ${name} has ${value}; use ${allowed.use}.`);
  });
}

function firstUnfit(values: TypedArray, allowed: Allowed): number | undefined {
  const { low, high, onlyEnds = false } = allowed;
  // By index: an iterator would take several times as long as a small loss itself.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= low && value <= high && (!onlyEnds || value === low || value === high)) continue;
    return value;
  }
  return undefined;
}

/** How far the sum of a distribution may be from 1: what few digits and f32 make of it. */
const SUM_TOLERANCE = 1e-3;
const NEARLY_PROBABILITIES: Allowed = { ...PROBABILITIES, high: 1 + SUM_TOLERANCE };

/**
 * Throws an ArgumentError unless `t` holds distributions along an axis: numbers that are not
 * negative and sum to 1, to a thousandth.
 */
export function requireDistributions(op: string, name: string, t: Tensor, axis: number): void {
  const classes = t.shape[axis]!;
  const inner = t.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  requireValues(t, [classes, inner], (values, [count, stride]) => {
    for (let at = 0; at < values.length; at += count! * stride!) {
      for (let i = at; i < at + stride!; i++) {
        const sum = sumOf(values, i, count!, stride!);
        if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
        throw new ArgumentError(
          Number.isNaN(sum)
            ? `${op}: ${name} has ${firstUnfit(values, NEARLY_PROBABILITIES)!}; use probabilities.`
            : `${op}: ${name} has probabilities that sum to ${Number(sum.toPrecision(4))}; divide ` +
                'those of each sample by their sum.',
        );
      }
    }
  });
}

/** The sum of `count` values, `stride` apart; NaN if one is, or some are clearly negative. */
function sumOf(values: TypedArray, from: number, count: number, stride: number): number {
  let [sum, size] = [0, 0];
  for (let i = 0, at = from; i < count; i++, at += stride) {
    const value = values[at]!;
    sum += value;
    size += Math.abs(value);
  }
  return size - sum <= 2 * SUM_TOLERANCE ? sum : NaN;
}
