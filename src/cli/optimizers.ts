import {
  AMSGrad,
  AdaDelta,
  AdaGrad,
  Adam,
  AdamW,
  Adamax,
  NAdam,
  RAdam,
  RMSProp,
  SGD,
  type ScheduledOptimizer,
} from '../optim/index.js';
import type { Parameter } from '../tensor/index.js';
import type { RampOptimizer } from '../train/index.js';

/** An optimizer whose learning rate can change between steps. */
export type AdjustableOptimizer = RampOptimizer & ScheduledOptimizer;

interface Settings {
  readonly lr: number;
  readonly weightDecay?: number;
}

/** An optimizer that a flag can name. */
export interface NamedOptimizer {
  /** Learning rate where none is given: of the size that such an optimizer wants. */
  readonly lr: number;
  readonly create: (params: Iterable<Parameter>, settings: Settings) => AdjustableOptimizer;
}

const momentum = { momentum: 0.9 };

/** The optimizers by name. */
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
