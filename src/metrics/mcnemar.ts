import { chiSquaredTail } from './distributions.js';
import { checkSameLength, checkSamples, valuesOf } from './inputs.js';
import type { Values } from './metric.js';

/** How two models answer the same samples. */
export interface McNemar {
  /** Samples that only the first gets right. */
  readonly onlyFirst: number;
  /** Samples that only the second gets right. */
  readonly onlySecond: number;
  /** The lesser of both numbers in the exact test, χ² otherwise. */
  readonly statistic: number;
  /** Two-sided p-value. */
  readonly p: number;
}

/** Options of `mcNemar`. */
export interface McNemarOptions {
  /**
   * True, the default: the binomial distribution, right for any number of samples. False: χ² with one
   * degree of freedom, as it is often reported, which needs 25 samples or so on which the two differ.
   */
  exact?: boolean;
  /** Of χ²: Edwards' continuity correction, (|b − c| − 1)² in place of (b − c)²; default true. */
  correction?: boolean;
}

/**
 * McNemar's test: whether two models of equal accuracy would differ as much on the same samples.
 *
 * Samples that both get right, or both wrong, say nothing; of the others, b that only the first gets
 * right and c that only the second does, each is a coin toss if the models are equally good. Exact:
 * p = min(1, 2 · P(X ≤ min(b, c))), X ~ Bin(b + c, ½); otherwise χ² = (|b − c| − 1)² / (b + c). p is 1
 * where b + c is 0.
 *
 * @param labels the right classes, [N].
 * @param first the classes that one model gives, [N].
 * @param second the classes that the other gives, [N].
 * @throws ShapeError for lengths that differ, ArgumentError where there are no samples.
 * @example
 * const { onlyFirst, onlySecond, p } = mcNemar([0, 1, 1, 0], [0, 1, 1, 1], [1, 0, 1, 1]);
 * p; // 0.5
 * @see McNemar 1947, Psychometrika 12; for classifiers: Dietterich 1998, Neural Computation 10(7).
 */
export function mcNemar(
  labels: Values,
  first: Values,
  second: Values,
  options: McNemarOptions = {},
): McNemar {
  const { exact = true, correction = true } = options;
  const op = 'McNemar';
  const right = { name: 'labels', values: labels };
  checkSameLength(op, right, { name: 'answers of the first', values: first });
  checkSameLength(op, right, { name: 'answers of the second', values: second });
  const [wanted, ours, theirs] = [valuesOf(labels), valuesOf(first), valuesOf(second)];
  checkSamples(op, wanted.length, wanted.length);
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [ours[i] === wanted[i], theirs[i] === wanted[i]];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  }
  if (exact) {
    const statistic = Math.min(onlyFirst, onlySecond);
    return { onlyFirst, onlySecond, statistic, p: exactP(onlyFirst, onlySecond) };
  }
  const difference = Math.abs(onlyFirst - onlySecond) - (correction ? 1 : 0);
  const differing = onlyFirst + onlySecond;
  const statistic = differing === 0 ? 0 : Math.max(0, difference) ** 2 / differing;
  return { onlyFirst, onlySecond, statistic, p: chiSquaredTail(statistic) };
}

/** min(1, 2 · Σ_{i ≤ min(b, c)} C(b + c, i) / 2^(b + c)). */
export function exactP(b: number, c: number): number {
  const n = b + c;
  const low = Math.min(b, c);
  // Logarithm of the term i = 0; the sum starts at the largest term, so that nothing underflows
  // before it counts.
  let logTerm = -n * Math.LN2;
  for (let i = 1; i <= low; i++) logTerm += Math.log((n - i + 1) / i);
  let sum = 0;
  let term = 1;
  for (let i = low; i >= 0 && term > sum * 1e-18; i--) {
    sum += term;
    term *= i / (n - i + 1);
  }
  return Math.min(1, 2 * Math.exp(logTerm) * sum);
}
