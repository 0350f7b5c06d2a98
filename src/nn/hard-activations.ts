/** Activations made of pieces that are cheap to compute, and the shrinkages, as modules. */
import type { Tensor } from '../tensor/index.js';
import type { HardtanhOptions, ShrinkOptions } from './functional/hard-activations.js';
import * as F from './functional/hard-activations.js';
import { Module } from './module.js';

/** `hardtanh`: x limited to minVal … maxVal. Throws an ArgumentError unless minVal < maxVal. */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor({ minVal = -1, maxVal = 1 }: HardtanhOptions = {}) {
    super();
    F.requireOrder('Hardtanh', minVal, maxVal);
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  forward(x: Tensor): Tensor {
    return F.hardtanh(x, this);
  }

  override extraRepr(): string {
    return `minVal=${this.minVal}, maxVal=${this.maxVal}`;
  }
}

/** `hardsigmoid`: min(max(x + 3, 0), 6) / 6. */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.hardsigmoid(x);
  }
}

/** `hardswish`: x min(max(x + 3, 0), 6) / 6. */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return F.hardswish(x);
  }
}

/** `softshrink`: towards 0 by λ. Throws an ArgumentError unless λ ≥ 0. */
export class Softshrink extends Module {
  readonly lambd: number;

  constructor({ lambd = 0.5 }: ShrinkOptions = {}) {
    super();
    F.requireLambda('Softshrink', lambd);
    this.lambd = lambd;
  }

  forward(x: Tensor): Tensor {
    return F.softshrink(x, this);
  }

  override extraRepr(): string {
    return `lambd=${this.lambd}`;
  }
}

/** `hardshrink`: 0 within ±λ. Throws an ArgumentError unless λ ≥ 0. */
export class Hardshrink extends Module {
  readonly lambd: number;

  constructor({ lambd = 0.5 }: ShrinkOptions = {}) {
    super();
    F.requireLambda('Hardshrink', lambd);
    this.lambd = lambd;
  }

  forward(x: Tensor): Tensor {
    return F.hardshrink(x, this);
  }

  override extraRepr(): string {
    return `lambd=${this.lambd}`;
  }
}
