import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';

/** Options of the normalisations. */
export interface NormalizeOptions {
  /** ε, which is added to the variance, ≥ 0. Default 1e-5. */
  readonly eps?: number;
}

/** What a normalisation takes out of its input. */
export interface Normalized {
  readonly y: Tensor;
  /** With axes of extent 1 where it was reduced, as is `variance`. */
  readonly mean: Tensor;
  /** With divisor n. */
  readonly variance: Tensor;
}

/** (x - E[x]) / √(Var[x] + ε) over `axes`; the variance comes from the differences themselves. */
export function normalize(x: Tensor, axes: readonly number[], eps: number): Normalized {
  const mean = x.mean(axes, { keepDim: true });
  const centred = x.sub(mean);
  const variance = centred.mul(centred).mean(axes, { keepDim: true });
  return { y: centred.mul(variance.add(eps).rsqrt()), mean, variance };
}

/** y · weight + bias, each in `shape`, where they are there. */
export function scaleAndShift(
  y: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  shape: Shape,
): Tensor {
  const scaled = weight ? y.mul(weight.reshape(shape)) : y;
  return bias ? scaled.add(bias.reshape(shape)) : scaled;
}

/** [1, C, 1, …]: the shape in which a value per channel meets x [N, C, …]. */
export function channelShape(x: Tensor): Shape {
  return x.shape.map((d, axis) => (axis === 1 ? d : 1));
}

/** The axes of x from `first` on. */
export function axesFrom(x: Tensor, first: number): number[] {
  return Array.from({ length: x.rank - first }, (_, i) => first + i);
}

/** Throws unless x is a float, ε a number ≥ 0, and each of `others` of x's dtype and the shape. */
export function checkNormalize(
  op: string,
  x: Tensor,
  eps: number,
  shape: Shape,
  others: Readonly<Record<string, Tensor | null>>,
): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`${op}: input is ${x.dtype}; use f32 or f64, as with float().`);
  }
  requireEps(op, eps);
  for (const [name, t] of Object.entries(others)) {
    if (!t) continue;
    if (!sameShape(t.shape, shape)) {
      throw new ShapeError(
        `${op}: ${name} is ${formatShape(t.shape)}, and the input ${formatShape(x.shape)} takes ` +
          `one ${formatShape(shape)}; give that, or a layer made for such an input.`,
      );
    }
    if (t.dtype !== x.dtype) {
      throw new DTypeError(
        `${op}: input is ${x.dtype}, ${name} ${t.dtype}; convert one, as with to('${t.dtype}').`,
      );
    }
  }
}

/** Throws an ArgumentError unless 0 ≤ ε < ∞. */
export function requireEps(op: string, eps: number): void {
  if (eps >= 0 && eps < Infinity) return;
  throw new ArgumentError(`${op}: eps is ${eps}; use a small number of at least 0.`);
}

/** C of x [N, C, …]. Throws a ShapeError if there is none. */
export function channelsOf(op: string, x: Tensor): number {
  const channels = x.shape[1];
  if (channels !== undefined) return channels;
  throw new ShapeError(`${op}: input is ${formatShape(x.shape)}; give one [N, C, …].`);
}
