import type { DType } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { Parameter, ones } from '../tensor/index.js';
import { shapeOf } from './functional/layer-norm.js';
import { requireEps } from './functional/normalize.js';
import { rmsNorm } from './functional/rms-norm.js';
import { Module } from './module.js';

/** Options of `RMSNorm`. */
export interface RMSNormOptions {
  /** ε, which is added to the mean square, ≥ 0. Default: the spacing of floats at 1. */
  readonly eps?: number;
  /** Scale each element by trained parameters. Default true. */
  readonly elementwiseAffine?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/**
 * `rmsNorm`: each sample over its last axes by its root mean square, input and output
 * [*, …normalizedShape]. Zhang and Sennrich, 2019, arXiv:1910.07467.
 *
 * @example
 * new RMSNorm(192).forward(rand([16, 128, 192]));
 */
export class RMSNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number | undefined;
  /** γ in normalizedShape, ones at first, or null. */
  readonly weight: Parameter | null;

  /** @throws ArgumentError for a shape or ε that cannot be. */
  constructor(
    normalizedShape: number | Shape,
    { eps, elementwiseAffine = true, dtype = 'f32' }: RMSNormOptions = {},
  ) {
    super();
    const shape = shapeOf('RMSNorm', normalizedShape);
    if (eps !== undefined) requireEps('RMSNorm', eps);
    this.normalizedShape = shape;
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(shape, { dtype })) : null;
  }

  forward(x: Tensor): Tensor {
    const { eps, normalizedShape, weight } = this;
    return rmsNorm(x, normalizedShape, weight, eps === undefined ? {} : { eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, weight } = this;
    return `[${normalizedShape.join(', ')}], eps=${eps}, elementwiseAffine=${weight !== null}`;
  }
}
