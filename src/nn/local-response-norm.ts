import type { Tensor } from '../tensor/index.js';
import { requireCount } from './check.js';
import type { LocalResponseNormOptions } from './functional/local-response-norm.js';
import { localResponseNorm } from './functional/local-response-norm.js';
import { Module } from './module.js';

/** `localResponseNorm` of inputs [N, C, …] over `size` neighbouring channels. */
export class LocalResponseNorm extends Module {
  readonly options: LocalResponseNormOptions;

  /** @throws ArgumentError unless `size` is a count of at least 1. */
  constructor(
    readonly size: number,
    options: LocalResponseNormOptions = {},
  ) {
    super();
    requireCount('LocalResponseNorm', 'size', size);
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }

  override extraRepr(): string {
    return `${this.size}`;
  }
}
