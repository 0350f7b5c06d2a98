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
export {
  bootstrap,
  type BootstrapOptions,
  type BootstrapResult,
  type Columns,
  type Resampled,
  type Statistic,
} from './bootstrap.js';
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
  AdjustedRand,
  adjustedRandScore,
  NormalizedMutualInfo,
  normalizedMutualInfoScore,
  type MutualInfoOptions,
} from './clustering.js';
export {
  ConfusionMatrix,
  confusionMatrix,
  type ConfusionMatrixOptions,
} from './confusion-matrix.js';
export { Jaccard, jaccardScore } from './jaccard.js';
export { LogLoss, logLoss } from './log-loss.js';
export { mcNemar, type McNemar, type McNemarOptions } from './mcnemar.js';
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
export { Perplexity, perplexity, type PerplexityOptions } from './perplexity.js';
export {
  AveragePrecision,
  averagePrecisionScore,
  precisionRecallCurve,
  type PrecisionRecallCurve,
  type PrecisionRecallCurveOptions,
} from './precision-recall-curve.js';
export {
  ExplainedVariance,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  R2Score,
  RootMeanSquaredError,
} from './regression.js';
export {
  explainedVarianceScore,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from './regression-scores.js';
export {
  classificationReport,
  formatConfusionMatrix,
  precisionRecallFscoreSupport,
  type ClassFigures,
  type ClassFiguresOptions,
  type FormatMatrixOptions,
  type ReportOptions,
} from './report.js';
export { auc, RocAuc, rocAucScore, rocCurve, type RocCurve, type RocCurveOptions } from './roc.js';
export type { OneVsRestOptions } from './score-samples.js';
export { TopKAccuracy, topKAccuracyScore, type TopKOptions } from './top-k-accuracy.js';
export { fiveByTwoTest, pairedTTest, type PairedTTestOptions, type TTest } from './t-tests.js';
