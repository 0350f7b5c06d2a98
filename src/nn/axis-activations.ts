/** Activations that see a whole axis, as modules. */
import type { Tensor } from '../tensor/index.js';
import { requireCount } from './check.js';
import * as F from './functional/axis-activations.js';
import { Module } from './module.js';

/** `softmax` along an axis, the last by default. */
export class Softmax extends Module {
  constructor(readonly axis = -1) {
    super();
  }

  forward(x: Tensor): Tensor {
    return F.softmax(x, this.axis);
  }

  override extraRepr(): string {
    return `axis=${this.axis}`;
  }
}

/** `logSoftmax` along an axis, the last by default. */
export class LogSoftmax extends Module {
  constructor(readonly axis = -1) {
    super();
  }

  forward(x: Tensor): Tensor {
    return F.logSoftmax(x, this.axis);
  }

  override extraRepr(): string {
    return `axis=${this.axis}`;
  }
}

/** `glu`: the first half along an axis, the last by default, times σ of the second. */
export class GLU extends Module {
  constructor(readonly axis = -1) {
    super();
  }

  forward(x: Tensor): Tensor {
    return F.glu(x, this.axis);
  }

  override extraRepr(): string {
    return `axis=${this.axis}`;
  }
}

/**
 * `maxout`: the largest of each `pieces` neighbours along an axis, the last by default. Throws an
 * ArgumentError unless `pieces` is an integer ≥ 1.
 *
 * @example
 * // 32 units, each the maximum of two linear pieces.
 * new Sequential(new Linear(784, 64), new Maxout(2));
 */
export class Maxout extends Module {
  constructor(
    readonly pieces: number,
    readonly axis = -1,
  ) {
    super();
    requireCount('Maxout', 'pieces', pieces);
  }

  forward(x: Tensor): Tensor {
    return F.maxout(x, this.pieces, this.axis);
  }

  override extraRepr(): string {
    return `pieces=${this.pieces}, axis=${this.axis}`;
  }
}
