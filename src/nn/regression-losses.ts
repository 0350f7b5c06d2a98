/** Losses of numbers as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type { LossOptions } from './functional/reduction.js';
import type {
  HuberLossOptions,
  QuantileLossOptions,
  SmoothL1LossOptions,
} from './functional/regression-losses.js';
import {
  huberLoss,
  l1Loss,
  logCoshLoss,
  mseLoss,
  quantileLoss,
  smoothL1Loss,
} from './functional/regression-losses.js';
import { Loss } from './loss.js';

/** `mseLoss`: the squared error. */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** `l1Loss`: the absolute error. */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** `huberLoss`: half the squared error, linear beyond δ. */
export class HuberLoss extends Loss<HuberLossOptions> {
  constructor(options: HuberLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/** `smoothL1Loss`: the absolute error, squared below β. */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  constructor(options: SmoothL1LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** `logCoshLoss`: ln cosh of the error. */
export class LogCoshLoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return logCoshLoss(input, target, this.options);
  }
}

/** `quantileLoss`: the pinball loss, least at a quantile of the targets. */
export class QuantileLoss extends Loss<QuantileLossOptions> {
  constructor(options: QuantileLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return quantileLoss(input, target, this.options);
  }
}
