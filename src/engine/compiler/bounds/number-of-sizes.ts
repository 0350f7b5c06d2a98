import type { DType } from '../../core/dtype.js';
import { roundTo } from '../../core/dtype.js';
import type { Size, Sizes } from './size.js';
import { fitAffine, sizeAt } from './size.js';

/** A number that a program needs at each call, as a function of the call's sizes. */
export type NumberOfSizes = (sizes: Sizes) => number;

/**
 * The function behind a constant that had `values` at the sample points: affine in the sizes, such as
 * the divisor of a mean, or one over that. Undefined unless it gives all samples to the bit, and is
 * right otherwise.
 */
export function fitNumber(
  values: readonly number[],
  points: readonly Sizes[],
  dtype: DType,
  isRight: (f: NumberOfSizes) => boolean = () => true,
): NumberOfSizes | undefined {
  const gives = (f: NumberOfSizes): boolean =>
    values.every((v, i) => Object.is(roundTo(dtype, f(points[i]!)), v)) && isRight(f);
  const direct = affine(values, points);
  if (direct && gives(direct)) return direct;
  // A rounded 1 / n is not affine when turned over again, but n is whole.
  const inverse = affine(
    values.map((v) => Math.round(1 / v)),
    points,
  );
  const reciprocal: NumberOfSizes = (sizes) => 1 / inverse!(sizes);
  return inverse && gives(reciprocal) ? reciprocal : undefined;
}

function affine(values: readonly number[], points: readonly Sizes[]): NumberOfSizes | undefined {
  if (!values.every(Number.isFinite)) return undefined;
  const fit: Size | undefined = fitAffine(values, points);
  return fit && ((sizes) => sizeAt(fit, sizes));
}
