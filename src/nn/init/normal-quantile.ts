import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

// Coefficients of the rational approximations, from the constant term on.
const MIDDLE = [
  [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
    39307.89580009271061, 28729.085735721942674, 5226.495278852854561,
  ],
] as const;
const TAIL = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
    7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
    0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
  ],
] as const;
const FAR = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ],
  [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
    7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
    2.04426310338993978564e-15,
  ],
] as const;

/**
 * The z for which a standard normal number is below z with probability p, to 16 digits: Wichura, 1988,
 * algorithm AS 241 (PPND16).
 *
 * @param p f64, in (0, 1).
 * @returns The shape of p.
 */
export function normalQuantile(p: Tensor): Tensor {
  const q = p.sub(0.5);
  const isMiddle = q.abs().le(0.425);
  const middle = q.mul(ratio(q.mul(q).neg().add(0.180625), MIDDLE));
  const r = where(q.lt(0), p, p.neg().add(1)).log().neg().sqrt();
  const size = where(r.le(5), ratio(r.sub(1.6), TAIL), ratio(r.sub(5), FAR));
  return where(isMiddle, middle, where(q.lt(0), size.neg(), size));
}

function ratio(x: Tensor, [above, below]: readonly (readonly number[])[]): Tensor {
  return polynomial(x, above!).div(polynomial(x, below!));
}

/** Σ cᵢ xⁱ by Horner's rule. */
function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  const [last, ...rest] = [...coefficients].reverse();
  const [next, ...more] = rest;
  return more.reduce((sum, c) => sum.mul(x).add(c), x.mul(last!).add(next!));
}
