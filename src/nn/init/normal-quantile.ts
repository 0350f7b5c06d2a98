import { FAR, MIDDLE, TAIL } from '../../engine/core/normal-quantile.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';

/**
 * The z for which a standard normal number is below z with probability p: `normalQuantile` of the core,
 * element by element.
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
