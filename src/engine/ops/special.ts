/** Scalar functions that JavaScript lacks, or defines unlike IEEE 754 and C, in f64. */

const TWO_OVER_SQRT_PI = 1.1283791670955126;

/** The error function, to 2 ulp. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 1) {
    // 2/√π · exp(-x²) · Σ 2^n x^(2n+1) / (2n+1)!!: all terms have one sign, so none cancel.
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }
  if (a > 6) return Math.sign(x);
  // erfc by its continued fraction, 1/√π · exp(-x²) / (x + (1/2)/(x + 1/(x + (3/2)/(x + …)))).
  let fraction = a;
  for (let n = 200; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - ((TWO_OVER_SQRT_PI / 2) * Math.exp(-a * a)) / fraction);
}

/** Rounds to the nearest integer, ties to the even one. */
export function roundHalfToEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

/** The logistic function, without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** C's pow: 1 to any power is 1, also NaN; -1 to ±∞ is 1. JavaScript says NaN to these. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return Math.pow(x, y);
}

/** The remainder with the divisor's sign: x - ⌊x / y⌋ · y, as Python's %. */
export function floorMod(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}
