import type { DType } from '../engine/core/dtype.js';
import type { Shape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { Parameter, ones, zeros } from '../tensor/index.js';
import { layerNorm, shapeOf } from './functional/layer-norm.js';
import { requireEps } from './functional/normalize.js';
import { Module } from './module.js';

/** Options of `LayerNorm`. */
export interface LayerNormOptions {
  /** ε, which is added to the variance, ≥ 0. Default 1e-5. */
  readonly eps?: number;
  /** Scale and shift each element by trained parameters. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Shift as well as scale. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/**
 * `layerNorm`: each sample over its last axes, input and output [*, …normalizedShape]. Ba and others,
 * 2016, arXiv:1607.06450.
 *
 * @example
 * const layer = new LayerNorm(192);
 * layer.forward(rand([16, 128, 192])); // 2048 rows with mean 0 and variance 1
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  /** γ in normalizedShape, ones at first, or null. */
  readonly weight: Parameter | null;
  /** β in normalizedShape, zeros at first, or null. */
  readonly bias: Parameter | null;

  /** @throws ArgumentError for a shape or ε that cannot be. */
  constructor(
    normalizedShape: number | Shape,
    { eps = 1e-5, elementwiseAffine = true, bias = true, dtype = 'f32' }: LayerNormOptions = {},
  ) {
    super();
    const shape = shapeOf('LayerNorm', normalizedShape);
    requireEps('LayerNorm', eps);
    this.normalizedShape = shape;
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(shape, { dtype })) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape, { dtype })) : null;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, weight } = this;
    return `[${normalizedShape.join(', ')}], eps=${eps}, elementwiseAffine=${weight !== null}`;
  }
}
