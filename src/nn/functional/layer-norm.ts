import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import type { NormalizeOptions } from './normalize.js';
import { axesFrom, checkNormalize, normalize, scaleAndShift } from './normalize.js';

/**
 * Each sample over its last axes to mean 0 and variance 1, then scaled and shifted element by
 * element: y = (x - E[x]) / √(Var[x] + ε) · γ + β, with divisor n. Ba et al., 2016,
 * arXiv:1607.06450.
 *
 * @param x [*, …normalizedShape], f32 or f64.
 * @param normalizedShape The extents of the axes to normalise over, or that of the last one alone.
 * @param weight γ in normalizedShape, or null for 1.
 * @param bias β in normalizedShape, or null for 0.
 * @returns The shape of x.
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError if ε is below 0.
 *
 * @example
 * layerNorm(tensor([[1, 2, 3]]), 3); // [[-1.2247, 0, 1.2247]]
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { eps = 1e-5 }: NormalizeOptions = {},
): Tensor {
  const shape = lastAxes('layerNorm', x, normalizedShape);
  checkNormalize('layerNorm', x, eps, shape, { weight, bias });
  const { y } = normalize(x, axesFrom(x, x.rank - shape.length), eps);
  return scaleAndShift(y, weight, bias, shape);
}

/** The shape, of one axis for a number. Throws unless x ends in it. */
export function lastAxes(op: string, x: Tensor, normalizedShape: number | Shape): Shape {
  const shape = shapeOf(op, normalizedShape);
  if (!sameShape(x.shape.slice(-shape.length), shape)) {
    throw new ShapeError(
      `${op}: input is ${formatShape(x.shape)}, and normalizedShape ${formatShape(shape)}; the ` +
        'last axes of the input must be that long.',
    );
  }
  return shape;
}

/** `normalizedShape` as a shape. Throws an ArgumentError unless it has one axis or more, all ≥ 1. */
export function shapeOf(op: string, normalizedShape: number | Shape): Shape {
  const shape = typeof normalizedShape === 'number' ? [normalizedShape] : [...normalizedShape];
  if (shape.length > 0 && shape.every((d) => Number.isInteger(d) && d >= 1)) return shape;
  throw new ArgumentError(
    `${op}: normalizedShape is ${formatShape(shape)}; give one extent or more, integers of at ` +
      'least 1.',
  );
}
