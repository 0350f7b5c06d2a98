export type {
  CELUOptions,
  ELUOptions,
  GELUOptions,
  HardtanhOptions,
  LeakyReLUOptions,
  ShrinkOptions,
  SoftplusOptions,
} from './activations.js';
export {
  celu,
  elu,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  maxout,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softshrink,
  softsign,
  tanh,
} from './activations.js';
export type { BatchNormFunctionOptions } from './batch-norm.js';
export { batchNorm } from './batch-norm.js';
export type { BinaryCrossEntropyOptions } from './binary-cross-entropy.js';
export { binaryCrossEntropyWithLogits } from './binary-cross-entropy.js';
export type { ConvFunctionOptions, PaddingMode } from './convolution.js';
export { conv1d, conv2d, conv3d } from './convolution.js';
export type { CrossEntropyOptions } from './cross-entropy.js';
export { crossEntropy } from './cross-entropy.js';
export type { DropoutOptions } from './dropout.js';
export { dropout } from './dropout.js';
export { groupNorm } from './group-norm.js';
export type { InstanceNormFunctionOptions } from './instance-norm.js';
export { instanceNorm } from './instance-norm.js';
export { layerNorm } from './layer-norm.js';
export { linear } from './linear.js';
export type { LocalResponseNormOptions } from './local-response-norm.js';
export { localResponseNorm } from './local-response-norm.js';
export type { NllLossOptions } from './nll-loss.js';
export { nllLoss } from './nll-loss.js';
export type { NormalizeOptions } from './normalize.js';
export type { PadMode, PadOptions } from './pad.js';
export { pad } from './pad.js';
export type { LossOptions, Reduction } from './reduction.js';
export { l1Loss, mseLoss } from './regression-losses.js';
export type { RMSNormFunctionOptions } from './rms-norm.js';
export { rmsNorm } from './rms-norm.js';
export type { RunningOptions } from './running-statistics.js';
export { convTranspose1d, convTranspose2d, convTranspose3d } from './transposed-convolution.js';
