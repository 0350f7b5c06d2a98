import type { Tensor } from '../tensor/index.js';
import { requireProbability } from './check.js';
import { dropConnect } from './functional/drop-connect.js';
import { Linear, type LinearOptions } from './linear.js';

/** Options of `DropConnect`. */
export interface DropConnectLayerOptions extends LinearOptions {
  /** The probability of a weight to be dropped. Default 0.5. */
  readonly p?: number;
  /** Drop other weights for each sample. Default false: one mask for the batch. */
  readonly perSample?: boolean;
}

/**
 * A `Linear` that in training drops weights in place of activations, by `dropConnect`; in evaluation
 * it is a `Linear`.
 *
 * @throws ArgumentError unless 0 ≤ p ≤ 1, or as `Linear`.
 *
 * @example
 * const layer = new DropConnect(784, 128, { p: 0.5 });
 * layer.forward(rand([64, 784])); // [64, 128]
 */
export class DropConnect extends Linear {
  readonly p: number;
  readonly perSample: boolean;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { p = 0.5, perSample = false, ...options }: DropConnectLayerOptions = {},
  ) {
    super(inFeatures, outFeatures, options);
    requireProbability('DropConnect', p);
    this.p = p;
    this.perSample = perSample;
  }

  override forward(x: Tensor): Tensor {
    return dropConnect(x, this.weight, this.bias, this);
  }

  override extraRepr(): string {
    return `${super.extraRepr()}, p=${this.p}, perSample=${this.perSample}`;
  }
}
