export { ChainedScheduler, SequentialLR, type SequentialLROptions } from './combined.js';
export {
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  type CosineAnnealingLROptions,
  type CosineAnnealingWarmRestartsOptions,
} from './cosine-lr.js';
export {
  ExponentialLR,
  PolynomialLR,
  type ExponentialLROptions,
  type PolynomialLROptions,
} from './decay-lr.js';
export { LambdaLR, MultiplicativeLR, type LambdaLROptions, type LrLambda } from './lambda-lr.js';
export { OneCycleLR, type OneCycleLROptions } from './one-cycle-lr.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';
export { RuleScheduler, type ScheduleRule } from './rule-scheduler.js';
export {
  LRScheduler,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type ScheduleState,
} from './scheduler.js';
export { MultiStepLR, StepLR, type MultiStepLROptions, type StepLROptions } from './step-lr.js';
export {
  ConstantLR,
  ExponentialWarmupLR,
  LinearLR,
  type ConstantLROptions,
  type ExponentialWarmupLROptions,
  type LinearLROptions,
} from './warm-up-lr.js';
