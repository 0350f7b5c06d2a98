/** Activations of the shape of an S, and the logarithm of one, as modules. */
import type { Tensor } from '../tensor/index.js';
import * as F from './functional/sigmoids.js';
import { Module } from './module.js';

/** `sigmoid`: 1 / (1 + e^-x). */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.sigmoid(x);
  }
}

/** `logSigmoid`: -ln(1 + e^-x). */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.logSigmoid(x);
  }
}

/** `tanh`. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return F.tanh(x);
  }
}

/** `softsign`: x / (1 + |x|). */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return F.softsign(x);
  }
}
