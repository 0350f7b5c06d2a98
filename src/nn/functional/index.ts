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
export type { BatchNormFunctionOptions } from './batch-norm.js';
export { batchNorm } from './batch-norm.js';
export type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
} from './binary-cross-entropy.js';
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './binary-cross-entropy.js';
export type { CrossEntropyOptions } from './cross-entropy.js';
export { crossEntropy } from './cross-entropy.js';
export type { DiceLossOptions } from './dice-loss.js';
export { diceLoss } from './dice-loss.js';
export type { DropoutOptions } from './dropout.js';
export { dropout } from './dropout.js';
export type { CosineEmbeddingLossOptions, TripletMarginLossOptions } from './embedding-losses.js';
export { cosineEmbeddingLoss, tripletMarginLoss } from './embedding-losses.js';
export type { FocalLossOptions, SigmoidFocalLossOptions } from './focal-loss.js';
export { focalLoss, sigmoidFocalLoss } from './focal-loss.js';
export type { GaussianNllLossOptions } from './gaussian-nll-loss.js';
export { gaussianNllLoss } from './gaussian-nll-loss.js';
export { groupNorm } from './group-norm.js';
export type { InfoNceLossOptions } from './info-nce-loss.js';
export { infoNceLoss } from './info-nce-loss.js';
export type { InstanceNormFunctionOptions } from './instance-norm.js';
export { instanceNorm } from './instance-norm.js';
export type { KLDivLossOptions } from './kl-div-loss.js';
export { klDivLoss } from './kl-div-loss.js';
export { layerNorm } from './layer-norm.js';
export { linear } from './linear.js';
export type { LocalResponseNormOptions } from './local-response-norm.js';
export { localResponseNorm } from './local-response-norm.js';
export type { HingeLossOptions, MarginOptions, MultiMarginLossOptions } from './margin-losses.js';
export {
  hingeEmbeddingLoss,
  hingeLoss,
  marginRankingLoss,
  multiMarginLoss,
} from './margin-losses.js';
export type { NllLossOptions } from './nll-loss.js';
export { nllLoss } from './nll-loss.js';
export type { NormalizeOptions } from './normalize.js';
export type { PoissonNllLossOptions } from './poisson-nll-loss.js';
export { poissonNllLoss } from './poisson-nll-loss.js';
export type { LossOptions, Reduction } from './reduction.js';
export type {
  HuberLossOptions,
  QuantileLossOptions,
  SmoothL1LossOptions,
} from './regression-losses.js';
export {
  huberLoss,
  l1Loss,
  logCoshLoss,
  mseLoss,
  quantileLoss,
  smoothL1Loss,
} from './regression-losses.js';
export type { RMSNormFunctionOptions } from './rms-norm.js';
export { rmsNorm } from './rms-norm.js';
export type { RunningOptions } from './running-statistics.js';
