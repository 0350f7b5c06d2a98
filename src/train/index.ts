/** Training: the loop, evaluation, callbacks and history. */
export { classify, type Classified } from './classify.js';
export type { Callback, EpochReport, Progress, Verdict } from './callback.js';
export { EarlyStopping, type BestEpoch, type EarlyStoppingOptions } from './early-stopping.js';
export type { EvaluateOptions, Evaluation } from './evaluate.js';
export { evaluate } from './evaluate.js';
export type { FitOptions, FitResult } from './fit.js';
export { fit } from './fit.js';
export {
  fitForecaster,
  type FitForecasterOptions,
  type FittedForecaster,
} from './fit-forecaster.js';
export { forecast, type ForecastOptions } from './forecast.js';
export type { FitNodesOptions, FitNodesResult, NodeClassifier, NodeEpoch } from './fit-nodes.js';
export { fitNodes } from './fit-nodes.js';
export {
  Autoencoder,
  type AutoencoderOptions,
  completeOptions,
  FAMILIES,
  fitTexts,
  type Family,
  type FamilyOptions,
  type OptionSpec,
  type Recipe,
  type Task,
} from './families/index.js';
export {
  gapReport,
  type FitDiagnosis,
  type GapReport,
  type GapReportOptions,
} from './gap-report.js';
export {
  learningCurve,
  type LearningCurveOptions,
  type LearningCurvePoint,
  type TrainAndValidation,
} from './learning-curve.js';
export {
  learningCurveReport,
  type LearningCurveReport,
  type LearningCurveReportOptions,
} from './learning-curve-report.js';
export { lrFind, type LrFindOptions, type LrFindResult, type RampOptimizer } from './lr-find.js';
export type { RatePoint } from './lr-suggestions.js';
export type { EpochRecord } from './history.js';
export type { Metric } from './metrics.js';
export { readModel, writeModel, type LoadedModel, type SavedModel } from './model-file.js';
export type {
  ClassificationTask,
  ForecastTask,
  LanguageTask,
  ModelDescription,
  ModelTask,
  ReconstructionTask,
  RegressionTask,
  SegmentationTask,
} from './model-metadata.js';
export { classesOf, outputsOf } from './model-metadata.js';
export { pixels, preprocess, type Preprocessing } from './preprocessing.js';
export { reconstruct } from './reconstruct.js';
export { regress, type Regressed } from './regress.js';
export { StreamedModel, textStream, textStreams, type StreamOptions } from './text-streams.js';
export { asSymbols, TextWindows, WindowedModel, type TextWindowsOptions } from './text-windows.js';
export { scheduled, type MonitoredMetric, type ScheduledOptions } from './scheduled.js';
export { segment, type Segmented } from './segment.js';
export { givesOf } from './task-texts.js';
export type {
  Augmentation,
  BatchSource,
  LossFunction,
  TrainableModel,
  TrainingBatch,
} from './sources.js';
export { tensorsOf } from './sources.js';
export type { StepOptimizer } from './steps.js';
export type { CheckpointSink } from './checkpoint-sink.js';
export { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint-format.js';
export {
  captureState,
  restoreState,
  type Phase,
  type SavedProgress,
  type TrainingParts,
  type TrainingState,
} from './training-state.js';
export {
  TrainingStatistics,
  type LayerStatistics,
  type ParameterStatistics,
  type StatisticsRecord,
  type TrainingStatisticsOptions,
} from './training-statistics.js';
export type { SavedTotals } from './totals.js';
