import type { DType } from '../engine/core/dtype.js';
import type { Generator, Tensor } from '../tensor/index.js';
import { Parameter, uniform } from '../tensor/index.js';
import { requireCount } from './check.js';
import { linear } from './functional/linear.js';
import { Module } from './module.js';

/** Options of `Linear`. */
export interface LinearOptions {
  /** Add a trained offset to each output. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * A dense layer: y = x Wᵀ + b, that is a_j = Σ_i w_ji z_i of equations (2.12) and (2.15), with the
 * bias written apart. Weights start as in PyTorch: Kaiming-uniform with a = √5, which is uniform on
 * ±1/√in, and so is the bias.
 *
 * Input [*, in], output [*, out], where * is any number of axes.
 *
 * @throws ShapeError if the input's last axis is not `inFeatures` long; DTypeError if its dtype is
 *   not that of the weight.
 * @equation (2.12), (2.15), (5.1.1b)
 *
 * @example
 * const layer = new Linear(784, 128);
 * layer.forward(rand([64, 784])); // [64, 128]
 */
export class Linear extends Module {
  /** [out, in]. */
  readonly weight: Parameter;
  /** [out], or null. */
  readonly bias: Parameter | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    { bias = true, dtype = 'f32', generator }: LinearOptions = {},
  ) {
    super();
    requireCount('Linear', 'inFeatures', inFeatures);
    requireCount('Linear', 'outFeatures', outFeatures);
    const bound = 1 / Math.sqrt(inFeatures);
    const options = generator ? { dtype, generator } : { dtype };
    this.weight = new Parameter(uniform(-bound, bound, [outFeatures, inFeatures], options));
    this.bias = bias ? new Parameter(uniform(-bound, bound, [outFeatures], options)) : null;
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures } = this;
    return `inFeatures=${inFeatures}, outFeatures=${outFeatures}, bias=${this.bias !== null}`;
  }
}
