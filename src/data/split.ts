import { ArgumentError } from '../engine/core/errors.js';
import type { Dataset } from './dataset.js';
import { checkSeed, permutation } from './random.js';
import { Subset } from './subset.js';

/** Options of `split`. */
export interface SplitOptions {
  /** Samples for validation: a share of the set where below 1, otherwise their number. */
  validation: number;
  /** Which samples those are; default 0. */
  seed?: number;
}

/**
 * Divides a set at random into a part to train on and a part to validate on. Each part keeps the
 * order of the set; the same seed gives the same parts.
 *
 * @throws ArgumentError where a part would be empty.
 * @example
 * const { train, validation } = split(set, { validation: 0.1, seed: 1 });
 */
export function split<K extends string>(
  dataset: Dataset<K>,
  options: SplitOptions,
): { train: Subset<K>; validation: Subset<K> } {
  const { validation: wanted, seed = 0 } = options;
  const n = dataset.length;
  const count = validationCount('split', n, wanted, seed);
  const order = permutation(n, seed, 'split');
  return {
    train: new Subset(dataset, order.subarray(count).slice().sort()),
    validation: new Subset(dataset, order.slice(0, count).sort()),
  };
}

/** Samples for validation, of n; throws an ArgumentError where a part would be empty. */
export function validationCount(op: string, n: number, wanted: number, seed: number): number {
  checkSeed(op, seed);
  const count = wanted > 0 && wanted < 1 ? Math.round(wanted * n) : wanted;
  if (Number.isInteger(count) && count >= 1 && count < n) return count;
  throw new ArgumentError(
    `${op}: validation ${wanted} of ${n} samples leaves a part empty or is no number of ` +
      'samples; give a share between 0 and 1 or an integer from 1 to one less than the set has.',
  );
}
