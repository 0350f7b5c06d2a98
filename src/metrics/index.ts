/** Evaluation: metrics that are kept up to date batch by batch, and as functions of a whole set. */
export {
  Accuracy,
  accuracyScore,
  BalancedAccuracy,
  balancedAccuracyScore,
  type BalancedAccuracyOptions,
} from './accuracy.js';
export type { Average, AverageOptions } from './averaging.js';
export type { ClassOptions } from './class-counts.js';
export {
  ConfusionMatrix,
  confusionMatrix,
  type ConfusionMatrixOptions,
} from './confusion-matrix.js';
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
export { TopKAccuracy, topKAccuracyScore, type TopKOptions } from './top-k-accuracy.js';
