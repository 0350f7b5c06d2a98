/** Losses of classes as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
} from './functional/binary-cross-entropy.js';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from './functional/binary-cross-entropy.js';
import type { CrossEntropyOptions } from './functional/cross-entropy.js';
import { crossEntropy } from './functional/cross-entropy.js';
import type { DiceLossOptions } from './functional/dice-loss.js';
import { diceLoss } from './functional/dice-loss.js';
import type { FocalLossOptions, SigmoidFocalLossOptions } from './functional/focal-loss.js';
import { focalLoss, sigmoidFocalLoss } from './functional/focal-loss.js';
import type { HingeLossOptions, MultiMarginLossOptions } from './functional/margin-losses.js';
import { hingeLoss, multiMarginLoss } from './functional/margin-losses.js';
import type { NllLossOptions } from './functional/nll-loss.js';
import { nllLoss } from './functional/nll-loss.js';
import { Loss } from './loss.js';

/** `crossEntropy` of logits [N, C, …] and class numbers [N, …] or probabilities. */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  constructor(options: CrossEntropyOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this.options);
  }
}

/** `nllLoss` of logarithms of probabilities [N, C, …] and class numbers [N, …]. */
export class NLLLoss extends Loss<NllLossOptions> {
  constructor(options: NllLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.options);
  }
}

/** `binaryCrossEntropy` of probabilities of the positive class and targets. */
export class BCELoss extends Loss<BinaryCrossEntropyOptions> {
  constructor(options: BinaryCrossEntropyOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.options);
  }
}

/** `binaryCrossEntropyWithLogits` of logits and probabilities. */
export class BCEWithLogitsLoss extends Loss<BinaryCrossEntropyWithLogitsOptions> {
  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.options);
  }
}

/** `hingeLoss` of scores and signs. */
export class HingeLoss extends Loss<HingeLossOptions> {
  constructor(options: HingeLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return hingeLoss(input, target, this.options);
  }
}

/** `multiMarginLoss` of scores [N, C, …] and class numbers [N, …]. */
export class MultiMarginLoss extends Loss<MultiMarginLossOptions> {
  constructor(options: MultiMarginLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, this.options);
  }
}

/** `focalLoss` of logits [N, C, …] and class numbers [N, …]. */
export class FocalLoss extends Loss<FocalLossOptions> {
  constructor(options: FocalLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return focalLoss(input, target, this.options);
  }
}

/** `sigmoidFocalLoss` of logits and probabilities. */
export class SigmoidFocalLoss extends Loss<SigmoidFocalLossOptions> {
  constructor(options: SigmoidFocalLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return sigmoidFocalLoss(input, target, this.options);
  }
}

/** `diceLoss` of logits [N, C, d1, …] and class numbers or masks. */
export class DiceLoss extends Loss<DiceLossOptions> {
  constructor(options: DiceLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return diceLoss(input, target, this.options);
  }
}
