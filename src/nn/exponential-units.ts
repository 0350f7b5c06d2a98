/** Activations that are linear above 0 and approach a negative limit below, as modules. */
import type { Tensor } from '../tensor/index.js';
import type { CELUOptions, ELUOptions } from './functional/exponential-units.js';
import * as F from './functional/exponential-units.js';
import { Module } from './module.js';

/** `elu`: x above 0, α (e^x - 1) below. */
export class ELU extends Module {
  readonly alpha: number;

  constructor({ alpha = 1 }: ELUOptions = {}) {
    super();
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return F.elu(x, this);
  }

  override extraRepr(): string {
    return `alpha=${this.alpha}`;
  }
}

/** `selu`: 1.0507 x above 0, 1.7581 (e^x - 1) below; wants weights by `init.lecunNormal`. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return F.selu(x);
  }
}

/** `celu`: x above 0, α (e^(x/α) - 1) below. Throws an ArgumentError unless α > 0. */
export class CELU extends Module {
  readonly alpha: number;

  constructor({ alpha = 1 }: CELUOptions = {}) {
    super();
    F.requireAlpha('CELU', alpha);
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return F.celu(x, this);
  }

  override extraRepr(): string {
    return `alpha=${this.alpha}`;
  }
}
