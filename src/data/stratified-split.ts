import { ArgumentError } from '../engine/core/errors.js';
import { membership } from './fold.js';
import { permutation } from './random.js';
import { validationCount, type SplitOptions } from './split.js';

/**
 * Divides samples at random into a part to train on and a part to validate on, each class in the same
 * proportion: how many of a class are in a part differs from its share by less than one. So a class with
 * few samples may be missing in a small part. The same seed gives the same parts.
 *
 * @param labels the class of each sample, [N]: numbers or names.
 * @returns samples of each part, ascending.
 * @throws ArgumentError where a part would be empty, and for a class with a single sample.
 * @example
 * const { train, validation } = stratifiedSplit([0, 0, 0, 0, 1, 1], { validation: 3 });
 * validation; // two samples of class 0 and one of class 1
 */
export function stratifiedSplit(
  labels: ArrayLike<number | string>,
  options: SplitOptions,
): { train: Int32Array; validation: Int32Array } {
  const { validation: wanted, seed = 0 } = options;
  const op = 'stratifiedSplit';
  const n = labels.length;
  const total = validationCount(op, n, wanted, seed);
  const { names, of, counts } = membership(labels);
  const single = counts.indexOf(1);
  if (single >= 0) {
    throw new ArgumentError(
      `${op}: class ${names[single]} has a single sample, which cannot be in both parts; leave it out, ` +
        'or use split.',
    );
  }
  const left = shares(counts, total, n);
  const inValidation = new Uint8Array(n);
  for (const i of permutation(n, seed, 'split')) {
    if (left[of[i]!]!-- > 0) inValidation[i] = 1;
  }
  const all = Int32Array.from({ length: n }, (_, i) => i);
  return {
    train: all.filter((i) => inValidation[i] === 0),
    validation: all.filter((i) => inValidation[i] === 1),
  };
}

/** How many of each class are among `total` of n: rounded so that they sum to it (largest remainder). */
function shares(counts: Int32Array, total: number, n: number): Int32Array {
  const exact = Array.from(counts, (count) => (count * total) / n);
  const whole = Int32Array.from(exact, Math.floor);
  const missing = total - whole.reduce((sum, v) => sum + v, 0);
  const byRemainder = [...exact.keys()].sort(
    (a, b) => exact[b]! - whole[b]! - (exact[a]! - whole[a]!) || a - b,
  );
  for (const c of byRemainder.slice(0, missing)) whole[c]!++;
  return whole;
}
