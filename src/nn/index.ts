/** Networks: modules, their functions, losses and initialisers. */
export type { PReLUOptions } from './activations.js';
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Maxout,
  Mish,
  PReLU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
} from './activations.js';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from './adaptive-pool.js';
export {
  AdditiveAttention,
  type AdditiveAttentionOptions,
  type AdditiveCallOptions,
} from './attention/additive-attention.js';
export type { AttentionMasks } from './attention/attention-masks.js';
export {
  GPT,
  type GPTOptions,
  type GPTState,
  type GPTStep,
  type GPTStepper,
} from './attention/gpt.js';
export { emptyCache, type KeyValueCache } from './attention/key-value-cache.js';
export {
  MultiheadAttention,
  type AttentionCallOptions,
  type MultiheadAttentionOptions,
} from './attention/multihead-attention.js';
export { RotaryEmbedding, type RotaryOptions } from './attention/rotary-embedding.js';
export {
  SinusoidalPositionalEncoding,
  type SinusoidalOptions,
} from './attention/sinusoidal-positional-encoding.js';
export {
  TransformerDecoderLayer,
  type DecoderLayerCallOptions,
} from './attention/transformer-decoder-layer.js';
export { TransformerDecoder } from './attention/transformer-decoder.js';
export {
  TransformerEncoderLayer,
  type EncoderLayerCallOptions,
} from './attention/transformer-encoder-layer.js';
export {
  TransformerEncoder,
  type TransformerStackOptions,
} from './attention/transformer-encoder.js';
export type { TransformerLayerOptions } from './attention/transformer-layer.js';
export { AlphaDropout, FeatureAlphaDropout } from './alpha-dropout.js';
export { AvgPool1d, AvgPool2d, AvgPool3d } from './avg-pool.js';
export {
  backPropagationTable,
  type BackPropagationTableOptions,
} from './back-propagation-table.js';
export {
  backPropagation,
  type BackPropagation,
  type BackPropagationOptions,
  type LayerReadOut,
} from './back-propagation.js';
export { BasicBlock, type BlockOptions } from './basic-block.js';
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batch-norm.js';
export { Dropout1d, Dropout2d, Dropout3d } from './channel-dropout.js';
export type { ChannelNormOptions } from './channel-norm.js';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  DiceLoss,
  FocalLoss,
  HingeLoss,
  MultiMarginLoss,
  NLLLoss,
  SigmoidFocalLoss,
} from './classification-losses.js';
export type { ConvLink } from './conv-links.js';
export { ConvBackward, ConvSteps } from './conv-steps.js';
export type { ConvStepsOptions, ConvTerm } from './conv-steps.js';
export type { WeightOptions } from './convolution-weights.js';
export { Conv1d, Conv2d, Conv3d, type ConvolutionOptions } from './convolution.js';
export { GaussianNLLLoss, KLDivLoss, PoissonNLLLoss } from './distribution-losses.js';
export { DropConnect, type DropConnectLayerOptions } from './drop-connect.js';
export { Dropout } from './dropout.js';
export {
  CosineEmbeddingLoss,
  HingeEmbeddingLoss,
  InfoNCELoss,
  MarginRankingLoss,
  TripletMarginLoss,
} from './embedding-losses.js';
export { EmbeddingBag, type EmbeddingBagOptions } from './embedding-bag.js';
export { Embedding, type EmbeddingOptions, type PretrainedEmbeddingOptions } from './embedding.js';
export { Flatten } from './flatten.js';
export { Fold, Unfold } from './fold.js';
export * from './functional/index.js';
export * as functional from './functional/index.js';
export { GaussianNoise } from './gaussian-noise.js';
export { GlobalAvgPool, GlobalMaxPool } from './global-pool.js';
export { GroupNorm, type GroupNormOptions } from './group-norm.js';
export { Identity } from './identity.js';
export * as init from './init/index.js';
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instance-norm.js';
export { InvertedResidual, type InvertedResidualOptions } from './inverted-residual.js';
export {
  generate,
  generateIds,
  type GenerateIdsOptions,
  type GenerateOptions,
  type TextCodec,
} from './language/generate.js';
export type { LanguageModel, LanguageStep, LanguageStepper } from './language/language-model.js';
export {
  RecurrentLanguageModel,
  type RecurrentKind,
  type RecurrentLanguageModelOptions,
  type RecurrentLanguageState,
} from './language/recurrent-language-model.js';
export { restrictLogits, sampleLogits, type SamplingOptions } from './language/sampling.js';
export {
  SequenceToSequence,
  type SequenceToSequenceCall,
  type SequenceToSequenceOptions,
} from './language/sequence-to-sequence.js';
export { LayerNorm, type LayerNormOptions } from './layer-norm.js';
export type { LayerCall } from './layer-calls.js';
export type { LinearOptions } from './linear.js';
export { Linear } from './linear.js';
export { loadPyTorch, type PyTorchOptions } from './load-py-torch.js';
export { LocalResponseNorm } from './local-response-norm.js';
export { LPPool1d, LPPool2d, LPPool3d } from './lp-pool.js';
export { MaxPool1d, MaxPool2d, MaxPool3d } from './max-pool.js';
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from './max-unpool.js';
export type { UnaryModule } from './module.js';
export { Module } from './module.js';
export { PixelShuffle, PixelUnshuffle } from './pixel-shuffle.js';
export {
  HuberLoss,
  L1Loss,
  LogCoshLoss,
  MSELoss,
  QuantileLoss,
  SmoothL1Loss,
} from './regression-losses.js';
export {
  gradientFlow,
  type GradientFlow,
  type LayerGradientFlow,
} from './recurrent/gradient-flow.js';
export type { GradientTrend } from './recurrent/gradient-trend.js';
export { GRUCell } from './recurrent/gru-cell.js';
export { GRU } from './recurrent/gru.js';
export { LSTMCell, type LSTMState } from './recurrent/lstm-cell.js';
export { LSTM } from './recurrent/lstm.js';
export type { RNNNonlinearity, RecurrentWeights } from './recurrent/recurrence.js';
export type { RecurrentCell } from './recurrent/recurrent-cell.js';
export type {
  RecurrentCallOptions,
  RecurrentLayer,
  RecurrentLayerOptions,
} from './recurrent/recurrent-layer.js';
export { RNNCell, type ElmanOptions, type RNNCellOptions } from './recurrent/rnn-cell.js';
export { RNN, type RNNOptions } from './recurrent/rnn.js';
export { spectralRadius } from './recurrent/spectral-radius.js';
export type { RecurrentOptions } from './recurrent/weights.js';
export { Residual } from './residual.js';
export { RMSNorm, type RMSNormOptions } from './rms-norm.js';
export {
  SeparableConv2d,
  SpatiallySeparableConv2d,
  type SeparableConvOptions,
} from './separable-convolution.js';
export { Sequential } from './sequential.js';
export { SqueezeExcitation } from './squeeze-excitation.js';
export type { LoadResult, LoadStateOptions, StateDict } from './state-dict.js';
export { StochasticDepth } from './stochastic-depth.js';
export { summarize, type LayerSummary } from './summarize.js';
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type TransposedConvolutionOptions,
} from './transposed-convolution.js';
export { TextBag, type TextBagOptions } from './text-bag.js';
export { TextCNN, type TextCNNOptions } from './text-cnn.js';
export {
  SeriesForecaster,
  type ForecastCell,
  type SeriesForecasterOptions,
} from './series-forecaster.js';
export { TextLSTM, type TextLSTMOptions } from './text-lstm.js';
export { Upsample } from './upsample.js';
