import type { Tensor } from '../tensor/index.js';
import { requireStd } from './check.js';
import { gaussianNoise } from './functional/gaussian-noise.js';
import { Module } from './module.js';

/**
 * In training adds normal noise of standard deviation `std` to each element, as `gaussianNoise`; in
 * evaluation nothing happens. Throws an ArgumentError unless std is a number ≥ 0.
 *
 * @example
 * const model = new Sequential(new GaussianNoise(0.2), new Linear(8, 2));
 */
export class GaussianNoise extends Module {
  constructor(readonly std = 0.1) {
    super();
    requireStd('GaussianNoise', std);
  }

  forward(x: Tensor): Tensor {
    return gaussianNoise(x, this);
  }

  override extraRepr(): string {
    return `std=${this.std}`;
  }
}
