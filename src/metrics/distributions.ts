/** Distributions that tests and intervals need, to about 14 digits, in the tails too. */

const ROOT_2_PI = Math.sqrt(2 * Math.PI);

/** P(Z ≤ x) of the standard normal distribution. */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  const density = Math.exp((-x * x) / 2) / ROOT_2_PI;
  if (x < -3) return density / millsFraction(-x);
  // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …).
  let [sum, term] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))), by which φ(x) is divided for the tail beyond x. */
function millsFraction(x: number): number {
  let fraction = x;
  for (let k = 200; k > 0; k--) fraction = x + k / fraction;
  return fraction;
}

/** P(X ≥ x) of the χ² distribution with one degree of freedom. */
export function chiSquaredTail(x: number): number {
  return 2 * normalCdf(-Math.sqrt(x));
}

/** P(|T| ≥ |t|) of Student's distribution with `df` degrees of freedom. */
export function studentTails(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** The regularized incomplete beta function I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta);
  return (front * betaFraction(x, a, b)) / a;
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), from the far end. */
function betaFraction(x: number, a: number, b: number): number {
  // Terms enough for a and b up to some ten thousand.
  const terms = 200 + Math.ceil(2 * Math.sqrt(Math.max(a, b)));
  let fraction = 1;
  for (let m = terms; m > 0; m--) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    fraction = 1 + even / fraction;
    const k = m - 1;
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    fraction = 1 + odd / fraction;
  }
  return 1 / fraction;
}

/** Of Lanczos's approximation with g = 7. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** log Γ(x), x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x - 1 + i);
  return Math.log(ROOT_2_PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
