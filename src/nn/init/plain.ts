/** First values that do not depend on the shape. */
import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError } from '../../engine/core/errors.js';
import type { Generator, StateTensor, Tensor } from '../../tensor/index.js';
import { fromData, normal as normalTensor, uniform as uniformTensor } from '../../tensor/index.js';
import { normalQuantile } from './normal-quantile.js';

/** Options of the initialisers that draw at random. */
export interface InitOptions {
  /** Default: the one that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * Uniform on [low, high).
 *
 * @param t f32 or f64, of any shape.
 * @param low Default 0.
 * @param high Default 1, not below `low`.
 * @throws ArgumentError for such bounds; DTypeError.
 *
 * @example
 * init.uniform(layer.bias, -0.1, 0.1);
 */
export function uniform<T extends StateTensor>(
  t: T,
  low = 0,
  high = 1,
  options: InitOptions = {},
): T {
  requireFloat('uniform', t);
  if (!(low <= high)) {
    throw new ArgumentError(`uniform: low is ${low} and high ${high}; use low ≤ high.`);
  }
  return assigned(t, uniformTensor(low, high, t.shape, { ...options, dtype: t.dtype }));
}

/**
 * Normal with the given mean and standard deviation.
 *
 * @param t f32 or f64, of any shape.
 * @param mean Default 0.
 * @param std Default 1, ≥ 0.
 * @throws ArgumentError for a standard deviation that is none; DTypeError.
 *
 * @example
 * init.normal(layer.weight, 0, 0.02);
 */
export function normal<T extends StateTensor>(
  t: T,
  mean = 0,
  std = 1,
  options: InitOptions = {},
): T {
  requireFloat('normal', t);
  requireStd('normal', std);
  return assigned(t, normalTensor(mean, std, t.shape, { ...options, dtype: t.dtype }));
}

/** How many standard deviations beyond the mean the interval of `truncNormal` may begin. */
const REACH = 6;

/**
 * Normal under the condition that the value lies in [a, b]: truncated, not clipped, so the standard
 * deviation of the values is below `std`. By the quantile of a uniform number.
 *
 * @param t f32 or f64, of any shape.
 * @param mean Of the normal distribution that is truncated. Default 0.
 * @param std Of that distribution, > 0. Default 1.
 * @param a In the unit of the values, as `b`, not of `std`. Default -2.
 * @param b Above `a`. Default 2.
 * @throws ArgumentError unless a < b, std > 0, and [a, b] meets mean ± 6 std; DTypeError.
 *
 * @example
 * init.truncNormal(layer.weight, 0, 0.02, -0.04, 0.04);
 */
export function truncNormal<T extends StateTensor>(
  t: T,
  mean = 0,
  std = 1,
  a = -2,
  b = 2,
  options: InitOptions = {},
): T {
  requireFloat('truncNormal', t);
  const [low, high] = [(a - mean) / std, (b - mean) / std];
  if (!(std > 0 && a < b && low <= REACH && high >= -REACH)) {
    throw new ArgumentError(
      `truncNormal: mean ${mean}, std ${std}, a ${a}, b ${b}; use std > 0 and a < b, with a part of ` +
        `[a, b] within ${REACH} standard deviations of the mean.`,
    );
  }
  // Above the mean probabilities are close to 1, and have fewer digits than those below.
  const sign = low > 0 ? -1 : 1;
  const ends = fromData(
    Float64Array.of(low, high).map((z) => sign * z * Math.SQRT1_2),
    [2],
  );
  const probability = ends.erf().add(1).mul(0.5);
  const [first, last] = [probability.at(0), probability.at(1)];
  const u = uniformTensor(0, 1, t.shape, { ...options, dtype: 'f64' });
  const p = first.add(u.mul(last.sub(first))).clamp(2 ** -60, 1 - 2 ** -53);
  const value = normalQuantile(p)
    .mul(sign * std)
    .add(mean)
    .clamp(a, b);
  return assigned(t, value.to(t.dtype));
}

/**
 * The same value everywhere.
 *
 * @example
 * init.constant(layer.bias, 0.1);
 */
export function constant<T extends StateTensor>(t: T, value: number): T {
  return assigned(t, value);
}

/** Zeros. */
export function zeros<T extends StateTensor>(t: T): T {
  return assigned(t, 0);
}

/** Ones. */
export function ones<T extends StateTensor>(t: T): T {
  return assigned(t, 1);
}

/** t, with the values assigned. */
export function assigned<T extends StateTensor>(t: T, value: Tensor | number): T {
  t.assign(value);
  return t;
}

/** Throws a DTypeError unless t is f32 or f64. */
export function requireFloat(op: string, t: Tensor): void {
  if (isFloat(t.dtype)) return;
  throw new DTypeError(`${op}: the tensor is ${t.dtype}; use one of f32 or f64.`);
}

/** Throws an ArgumentError unless std ≥ 0. */
export function requireStd(op: string, std: number): void {
  if (std >= 0) return;
  throw new ArgumentError(`${op}: std is ${std}; use a number of at least 0.`);
}
