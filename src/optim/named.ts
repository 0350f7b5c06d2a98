import type { Parameter } from '../tensor/index.js';
import { AdaDelta } from './ada-delta.js';
import { AdaGrad } from './ada-grad.js';
import { Adam, AdamW, AMSGrad } from './adam.js';
import { Adamax } from './adamax.js';
import { NAdam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { RAdam } from './radam.js';
import { RMSProp } from './rms-prop.js';
import { SGD } from './sgd.js';

/** What is set when an optimizer is made by its name. */
export interface NamedSettings {
  readonly lr: number;
  /** Default: the optimizer's own. */
  readonly weightDecay?: number;
}

/** An optimizer that a flag, a file or a form can name. */
export interface NamedOptimizer {
  /** Learning rate where none is given: of the size that such an optimizer wants. */
  readonly lr: number;
  readonly create: (params: Iterable<Parameter>, settings: NamedSettings) => Optimizer;
}

const momentum = { momentum: 0.9 };

/** The optimizers by name, momentum and Nesterov's as optimizers of their own. */
export const OPTIMIZERS: Readonly<Record<string, NamedOptimizer>> = {
  sgd: { lr: 0.1, create: (p, s) => new SGD(p, s) },
  momentum: { lr: 0.05, create: (p, s) => new SGD(p, { ...s, ...momentum }) },
  nesterov: { lr: 0.05, create: (p, s) => new SGD(p, { ...s, ...momentum, nesterov: true }) },
  adagrad: { lr: 0.01, create: (p, s) => new AdaGrad(p, s) },
  rmsprop: { lr: 1e-3, create: (p, s) => new RMSProp(p, s) },
  adam: { lr: 1e-3, create: (p, s) => new Adam(p, s) },
  adamw: { lr: 1e-3, create: (p, s) => new AdamW(p, s) },
  amsgrad: { lr: 1e-3, create: (p, s) => new AMSGrad(p, s) },
  adamax: { lr: 2e-3, create: (p, s) => new Adamax(p, s) },
  nadam: { lr: 2e-3, create: (p, s) => new NAdam(p, s) },
  radam: { lr: 1e-3, create: (p, s) => new RAdam(p, s) },
  adadelta: { lr: 1, create: (p, s) => new AdaDelta(p, s) },
};
