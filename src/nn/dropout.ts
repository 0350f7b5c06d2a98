import type { Tensor } from '../tensor/index.js';
import { requireProbability } from './check.js';
import { dropout } from './functional/dropout.js';
import { Module } from './module.js';

/**
 * In training each element becomes 0 with probability p and else x / (1 - p); in evaluation nothing
 * happens. Throws an ArgumentError unless 0 ≤ p ≤ 1.
 *
 * @example
 * const layer = new Dropout(0.2);
 * layer.forward(ones([5])); // some 0, the others 1.25
 * layer.eval().forward(ones([5])); // all 1
 */
export class Dropout extends Module {
  constructor(readonly p = 0.5) {
    super();
    requireProbability(new.target.name, p);
  }

  forward(x: Tensor): Tensor {
    return dropout(x, this);
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
