/** Activations that are linear on either side of 0, as modules. */
import type { DType } from '../engine/core/dtype.js';
import type { Tensor } from '../tensor/index.js';
import { Parameter, full } from '../tensor/index.js';
import { requireCount } from './check.js';
import type { LeakyReLUOptions } from './functional/rectifiers.js';
import * as F from './functional/rectifiers.js';
import { Module } from './module.js';

/** `relu`: max(x, 0). */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return F.relu(x);
  }
}

/** `relu6`: min(max(x, 0), 6). */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return F.relu6(x);
  }
}

/** `leakyRelu`: x above 0, `negativeSlope` · x below. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor({ negativeSlope = 0.01 }: LeakyReLUOptions = {}) {
    super();
    this.negativeSlope = negativeSlope;
  }

  forward(x: Tensor): Tensor {
    return F.leakyRelu(x, this);
  }

  override extraRepr(): string {
    return `negativeSlope=${this.negativeSlope}`;
  }
}

/** Options of `PReLU`. */
export interface PReLUOptions {
  /** 1 for one slope, or the number C of channels of inputs [N, C, …]. Default 1. */
  readonly numParameters?: number;
  /** What slopes are at first. Default 0.25. */
  readonly init?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
}

/**
 * `prelu`: x above 0, a trained slope times x below. Weight decay would pull the slopes to 0, that is
 * to ReLU: keep them in a parameter group without.
 *
 * @example
 * new PReLU({ numParameters: 16 }).forward(rand([8, 16, 4, 4])); // a slope for each channel
 */
export class PReLU extends Module {
  /** [numParameters]. */
  readonly weight: Parameter;

  /** @throws ArgumentError unless numParameters is an integer ≥ 1. */
  constructor({ numParameters = 1, init = 0.25, dtype = 'f32' }: PReLUOptions = {}) {
    super();
    requireCount('PReLU', 'numParameters', numParameters);
    this.weight = new Parameter(full([numParameters], init, { dtype }));
  }

  forward(x: Tensor): Tensor {
    return F.prelu(x, this.weight);
  }

  override extraRepr(): string {
    return `numParameters=${this.weight.size}`;
  }
}
