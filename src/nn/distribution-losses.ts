/** Losses of distributions as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type { GaussianNllLossOptions } from './functional/gaussian-nll-loss.js';
import { gaussianNllLoss } from './functional/gaussian-nll-loss.js';
import type { KLDivLossOptions } from './functional/kl-div-loss.js';
import { klDivLoss } from './functional/kl-div-loss.js';
import type { PoissonNllLossOptions } from './functional/poisson-nll-loss.js';
import { poissonNllLoss } from './functional/poisson-nll-loss.js';
import { Loss } from './loss.js';

/** `klDivLoss` of logarithms of probabilities and probabilities. */
export class KLDivLoss extends Loss<KLDivLossOptions> {
  constructor(options: KLDivLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return klDivLoss(input, target, this.options);
  }
}

/** `poissonNllLoss` of ln λ, or λ, and counts. */
export class PoissonNLLLoss extends Loss<PoissonNllLossOptions> {
  constructor(options: PoissonNllLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, this.options);
  }
}

/** `gaussianNllLoss` of means, targets and variances. */
export class GaussianNLLLoss extends Loss<GaussianNllLossOptions> {
  constructor(options: GaussianNllLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    return gaussianNllLoss(input, target, variance, this.options);
  }
}
