/** How two models answer the same samples. */
export interface McNemar {
  /** Samples that only the first gets right. */
  readonly onlyFirst: number;
  /** Samples that only the second gets right. */
  readonly onlySecond: number;
  /** Two-sided p-value of the exact test. */
  readonly p: number;
}

/**
 * McNemar's exact test: whether two models of equal accuracy would differ as much on the same
 * samples. Samples that both get right, or both wrong, say nothing; of the n others each is a coin
 * toss, and p = min(1, 2 · P(X ≤ min(b, c))), X ~ Bin(n, 1/2). p is 1 where n is 0.
 *
 * @see McNemar 1947, Psychometrika 12; exact form: Dietterich 1998, Neural Computation 10(7).
 */
export function mcNemar(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < labels.length; i++) {
    const [a, b] = [first[i] === labels[i], second[i] === labels[i]];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  }
  return { onlyFirst, onlySecond, p: exactP(onlyFirst, onlySecond) };
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
