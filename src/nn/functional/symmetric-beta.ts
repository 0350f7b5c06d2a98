import type { RandomOptions, Shape, Tensor } from '../../tensor/index.js';
import { rand, randn } from '../../tensor/index.js';

/** Proposals per number. Each is taken with probability above 0.95, so that one in 1e20 has none. */
const PROPOSALS = 16;

/**
 * Numbers from Beta(α, α): G₁ / (G₁ + G₂) of two Gamma(α) numbers, whose logarithms are taken apart,
 * since for small α both may be too small for a float.
 */
export function symmetricBeta(alpha: number, shape: Shape, options: RandomOptions): Tensor {
  const both = logGamma(alpha, [2, ...shape], options);
  return both.at(0).sub(both.at(1)).sigmoid();
}

/**
 * Logarithms of numbers from Gamma(α). Marsaglia and Tsang, 2000: d v, v = (1 + x / √(9d))³, with
 * d = α + 2/3 and x standard normal, taken if ln u < ½x² + d (1 - v + ln v), is from Gamma(α + 1),
 * and times U^(1/α) from Gamma(α). Of the proposals made at once the first that is taken counts.
 */
function logGamma(alpha: number, shape: Shape, options: RandomOptions): Tensor {
  const d = alpha + 2 / 3;
  const x = randn([PROPOSALS, ...shape], options);
  const root = x.div(Math.sqrt(9 * d)).add(1);
  const v = root.pow(3);
  const logV = v.maximum(0).log();
  const bound = x.mul(x).mul(0.5).add(v.neg().add(1).add(logV).mul(d));
  const taken = v.gt(0).logicalAnd(unitLog([PROPOSALS, ...shape], options).lt(bound));
  const first = taken.to('i32').argmax(0).unsqueeze(0);
  const value = logV.gather(0, first).squeeze(0).add(Math.log(d));
  return value.add(unitLog(shape, options).div(alpha));
}

/** ln u, u being uniform on (0, 1]. */
function unitLog(shape: Shape, options: RandomOptions): Tensor {
  return rand(shape, options).neg().add(1).log();
}
