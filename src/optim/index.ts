/** Optimizers by a general scheme, what is done with gradients and weights, and schedules. */
export { AdaDelta } from './ada-delta.js';
export { AdaGrad } from './ada-grad.js';
export { AMSGrad, Adam, AdamW } from './adam.js';
export { Adamax } from './adamax.js';
export { biasCorrection } from './bias-correction.js';
export type { ClipNormOptions } from './clip-grad.js';
export { clipGradNorm, clipGradValue } from './clip-grad.js';
export type { ClipWeightOptions } from './clip-weight-norm.js';
export { clipWeightNorm } from './clip-weight-norm.js';
export type { OptimizerClass } from './define-optimizer.js';
export { defineOptimizer } from './define-optimizer.js';
export type {
  CommonSettings,
  Form,
  MomentContext,
  OptimizerDefinition,
  OptimizerOptions,
  Settings,
  StepScalars,
} from './definition.js';
export type { ParamsOption } from './optimizer.js';
export { Optimizer } from './optimizer.js';
export {
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from './exponential-moving-average.js';
export { GradientAccumulator } from './gradient-accumulator.js';
export { NAdam } from './nadam.js';
export { OPTIMIZERS, type NamedOptimizer, type NamedSettings } from './named.js';
export type { OptimizerState } from './optimizer-state.js';
export type { ParamGroupOptions } from './param-group.js';
export { ParamGroup } from './param-group.js';
export { RAdam } from './radam.js';
export { RMSProp } from './rms-prop.js';
export { SGD } from './sgd.js';
export * from './schedules/index.js';
