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
export type { AdaptiveSize } from './adaptive-pool.js';
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
} from './adaptive-pool.js';
export type { AlphaDropoutOptions } from './alpha-dropout.js';
export { alphaDropout, featureAlphaDropout } from './alpha-dropout.js';
export type { AvgPoolFunctionOptions } from './avg-pool.js';
export { avgPool1d, avgPool2d, avgPool3d } from './avg-pool.js';
export type { BatchNormFunctionOptions } from './batch-norm.js';
export { batchNorm } from './batch-norm.js';
export type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
} from './binary-cross-entropy.js';
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './binary-cross-entropy.js';
export { dropout1d, dropout2d, dropout3d } from './channel-dropout.js';
export type { ConvFunctionOptions, PaddingMode } from './convolution.js';
export { conv1d, conv2d, conv3d } from './convolution.js';
export type { CrossEntropyOptions } from './cross-entropy.js';
export { crossEntropy } from './cross-entropy.js';
export type { DiceLossOptions } from './dice-loss.js';
export { diceLoss } from './dice-loss.js';
export type { DropConnectOptions } from './drop-connect.js';
export { dropConnect } from './drop-connect.js';
export type { DropoutOptions } from './dropout.js';
export { dropout } from './dropout.js';
export type { CosineEmbeddingLossOptions, TripletMarginLossOptions } from './embedding-losses.js';
export { cosineEmbeddingLoss, tripletMarginLoss } from './embedding-losses.js';
export type { EmbeddingFunctionOptions } from './embedding.js';
export { embedding } from './embedding.js';
export type { FocalLossOptions, SigmoidFocalLossOptions } from './focal-loss.js';
export { focalLoss, sigmoidFocalLoss } from './focal-loss.js';
export type { FoldOptions } from './fold.js';
export { fold, unfold } from './fold.js';
export type { GaussianNllLossOptions } from './gaussian-nll-loss.js';
export { gaussianNllLoss } from './gaussian-nll-loss.js';
export type { GaussianNoiseOptions } from './gaussian-noise.js';
export { gaussianNoise } from './gaussian-noise.js';
export { globalAvgPool, globalMaxPool } from './global-pool.js';
export { groupNorm } from './group-norm.js';
export type { InfoNceLossOptions } from './info-nce-loss.js';
export { infoNceLoss } from './info-nce-loss.js';
export type { InstanceNormFunctionOptions } from './instance-norm.js';
export { instanceNorm } from './instance-norm.js';
export type { InterpolateMode, InterpolateOptions } from './interpolate.js';
export { interpolate } from './interpolate.js';
export type { KLDivLossOptions } from './kl-div-loss.js';
export { klDivLoss } from './kl-div-loss.js';
export { layerNorm } from './layer-norm.js';
export { linear } from './linear.js';
export type { LocalResponseNormOptions } from './local-response-norm.js';
export { localResponseNorm } from './local-response-norm.js';
export type { LPPoolOptions } from './lp-pool.js';
export { lpPool1d, lpPool2d, lpPool3d } from './lp-pool.js';
export type { HingeLossOptions, MarginOptions, MultiMarginLossOptions } from './margin-losses.js';
export {
  hingeEmbeddingLoss,
  hingeLoss,
  marginRankingLoss,
  multiMarginLoss,
} from './margin-losses.js';
export type { MaxPoolOptions, PooledWithIndices } from './max-pool.js';
export {
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from './max-pool.js';
export type { MaxUnpoolOptions } from './max-unpool.js';
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from './max-unpool.js';
export type { Mixed, MixupOptions } from './mixup.js';
export { mixup } from './mixup.js';
export type { NllLossOptions } from './nll-loss.js';
export { nllLoss } from './nll-loss.js';
export type { NormalizeOptions } from './normalize.js';
export type { PadMode, PadOptions } from './pad.js';
export { pad } from './pad.js';
export type { ElasticNetOptions } from './penalties.js';
export { elasticNetPenalty, l1Penalty, l2Penalty } from './penalties.js';
export { pixelShuffle, pixelUnshuffle } from './pixel-shuffle.js';
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
export type { StochasticDepthMode, StochasticDepthOptions } from './stochastic-depth.js';
export { stochasticDepth } from './stochastic-depth.js';
export { convTranspose1d, convTranspose2d, convTranspose3d } from './transposed-convolution.js';
