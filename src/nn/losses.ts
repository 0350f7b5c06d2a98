/** Losses as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type { BinaryCrossEntropyOptions } from './functional/binary-cross-entropy.js';
import { binaryCrossEntropyWithLogits } from './functional/binary-cross-entropy.js';
import type { CrossEntropyOptions } from './functional/cross-entropy.js';
import { crossEntropy } from './functional/cross-entropy.js';
import type { NllLossOptions } from './functional/nll-loss.js';
import { nllLoss } from './functional/nll-loss.js';
import type { LossOptions } from './functional/reduction.js';
import { l1Loss, mseLoss } from './functional/regression-losses.js';
import { Module } from './module.js';

/** A loss with its options; `O` are those of the function. */
abstract class Loss<O extends LossOptions> extends Module {
  readonly options: O;

  constructor(options: O) {
    super();
    this.options = options;
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;

  override extraRepr(): string {
    return Object.entries(this.options)
      .map(([name, value]) => `${name}=${typeof value === 'object' ? '…' : String(value)}`)
      .join(', ');
  }
}

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

/** `mseLoss`: the squared error. */
export class MSELoss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** `l1Loss`: the absolute error. */
export class L1Loss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** `binaryCrossEntropyWithLogits` of logits and probabilities. */
export class BCEWithLogitsLoss extends Loss<BinaryCrossEntropyOptions> {
  constructor(options: BinaryCrossEntropyOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, this.options);
  }
}
