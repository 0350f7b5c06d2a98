import type { Tensor } from '../tensor/index.js';
import { Module } from './module.js';

/**
 * The axes from `start` to `end` as one; by default all but the first: [N, 1, 28, 28] becomes
 * [N, 784].
 */
export class Flatten extends Module {
  constructor(
    readonly start = 1,
    readonly end = -1,
  ) {
    super();
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }

  override extraRepr(): string {
    return `start=${this.start}, end=${this.end}`;
  }
}
