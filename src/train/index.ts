/** Training: the loop, evaluation, callbacks and history. */
export type { Callback, EpochReport, Progress, Verdict } from './callback.js';
export type { EvaluateOptions, Evaluation } from './evaluate.js';
export { evaluate } from './evaluate.js';
export type { FitOptions, FitResult } from './fit.js';
export { fit } from './fit.js';
export type { EpochRecord } from './history.js';
export type { Metric } from './metrics.js';
export type { BatchSource, LossFunction, TrainableModel, TrainingBatch } from './sources.js';
export type { StepOptimizer } from './steps.js';
