export type { ELUOptions, GELUOptions, LeakyReLUOptions, SoftplusOptions } from './activations.js';
export {
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './activations.js';
export type { BinaryCrossEntropyOptions } from './binary-cross-entropy.js';
export { binaryCrossEntropyWithLogits } from './binary-cross-entropy.js';
export type { CrossEntropyOptions } from './cross-entropy.js';
export { crossEntropy } from './cross-entropy.js';
export type { DropoutOptions } from './dropout.js';
export { dropout } from './dropout.js';
export { linear } from './linear.js';
export type { NllLossOptions } from './nll-loss.js';
export { nllLoss } from './nll-loss.js';
export type { LossOptions, Reduction } from './reduction.js';
export { l1Loss, mseLoss } from './regression-losses.js';
