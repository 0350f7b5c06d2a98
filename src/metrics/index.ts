/** Evaluation: metrics that are kept up to date batch by batch, and as functions of a whole set. */
export {
  Accuracy,
  accuracyScore,
  BalancedAccuracy,
  balancedAccuracyScore,
  type BalancedAccuracyOptions,
} from './accuracy.js';
export {
  CohenKappa,
  cohenKappaScore,
  MatthewsCorrcoef,
  matthewsCorrcoef,
  type KappaOptions,
} from './agreement.js';
export type { Average, AverageOptions } from './averaging.js';
export { BrierScore, brierScoreLoss, type BrierOptions } from './brier-score.js';
export {
  calibrationCurve,
  CalibrationError,
  calibrationError,
  type CalibrationCurve,
  type CalibrationCurveOptions,
  type CalibrationErrorOptions,
} from './calibration.js';
export type { ClassOptions } from './class-counts.js';
export {
  ConfusionMatrix,
  confusionMatrix,
  type ConfusionMatrixOptions,
} from './confusion-matrix.js';
export { LogLoss, logLoss } from './log-loss.js';
export type { Rows, SampleOptions, StreamingMetric, Values } from './metric.js';
export {
  F1,
  f1Score,
  FBeta,
  fbetaScore,
  Precision,
  precisionScore,
  Recall,
  recallScore,
  type FBetaOptions,
} from './precision-recall.js';
export {
  AveragePrecision,
  averagePrecisionScore,
  precisionRecallCurve,
  type PrecisionRecallCurve,
  type PrecisionRecallCurveOptions,
} from './precision-recall-curve.js';
export { auc, RocAuc, rocAucScore, rocCurve, type RocCurve, type RocCurveOptions } from './roc.js';
export type { OneVsRestOptions } from './score-samples.js';
export { TopKAccuracy, topKAccuracyScore, type TopKOptions } from './top-k-accuracy.js';
