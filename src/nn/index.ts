/** Networks: modules, their functions, losses and initialisers. */
export {
  ELU,
  GELU,
  LeakyReLU,
  LogSoftmax,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from './activations.js';
export { Dropout } from './dropout.js';
export { Flatten } from './flatten.js';
export * from './functional/index.js';
export * as functional from './functional/index.js';
export { Identity } from './identity.js';
export * as init from './init.js';
export type { LinearOptions } from './linear.js';
export { Linear } from './linear.js';
export { loadPyTorch, type PyTorchOptions } from './load-py-torch.js';
export { BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from './losses.js';
export type { UnaryModule } from './module.js';
export { Module } from './module.js';
export { Sequential } from './sequential.js';
export type { LoadResult, LoadStateOptions, StateDict } from './state-dict.js';
export { summarize, type LayerSummary } from './summarize.js';
