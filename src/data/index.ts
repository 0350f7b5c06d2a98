/** Data sets, loaders of batches, tables of columns, and the digits that are drawn here. */
export { ArrayDataset, type ArrayDatasetOptions } from './array-dataset.js';
export { COLUMN_TYPES, MISSING_VALUES, type ColumnType } from './column-type.js';
export { readCsv, type CsvOptions } from './csv.js';
export {
  asArrays,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from './data-loader.js';
export { batchLength, stackSamples, type Batch, type Dataset, type Sample } from './dataset.js';
export { digits, DIGITS_NORMALIZATION, type DigitsOptions } from './digits.js';
export type { Fold, KFoldOptions } from './fold.js';
export {
  groupKFold,
  kFold,
  repeatedKFold,
  repeatedStratifiedKFold,
  stratifiedKFold,
  type GroupKFoldOptions,
  type RepeatedKFoldOptions,
} from './k-fold.js';
export {
  addingProblem,
  copyingProblem,
  type AddingProblemOptions,
  type CopyingProblemOptions,
} from './long-memory.js';
export {
  autoregression,
  lastValue,
  seasonalNaive,
  seasonalRatio,
  walkForward,
  type OneStepForecast,
  type WalkForward,
} from './forecast-baselines.js';
export { ForecastWindows, type ForecastWindowsOptions } from './forecast-windows.js';
export {
  SeriesTransform,
  type SeriesTransformJson,
  type SeriesTransformOptions,
} from './series-transform.js';
export { seriesWindows, type SeriesWindowsOptions } from './series-windows.js';
export { timeSeriesFrom, type TimeSeries, type TimeSeriesOptions } from './time-series.js';
export { GeneratedBatches, type GeneratedBatchesOptions } from './generated-batches.js';
export type { LabelledImages } from './labelled-images.js';
export { labelledTexts, selectTexts, type LabelledTexts } from './labelled-texts.js';
export { nearestName } from './nearest-name.js';
export type { Normalization } from './normalization.js';
export { resizeImage, type ImageFit, type ResizeImageOptions } from './resize-image.js';
export { SCENE_CLASSES, scenes, SCENES_NORMALIZATION, type ScenesOptions } from './scenes.js';
export { split, type SplitOptions } from './split.js';
export { stratifiedSplit } from './stratified-split.js';
export { Subset } from './subset.js';
export { selectRows, splitTable, tableFrom, type Cell, type Table } from './table.js';
export type { Scaling, TableFitOptions } from './table-fit.js';
export { TablePreprocessor, type TableArrays } from './table-preprocessor.js';
export type {
  CategorySpec,
  ColumnSpec,
  MissingPolicy,
  NumericSpec,
  TableSpec,
} from './table-spec.js';
export { TensorDataset } from './tensor-dataset.js';
export { timeSeriesSplit, type TimeSeriesSplitOptions } from './time-series-split.js';
export { decodeText, readLines, type TextOptions } from './text-lines.js';
export type { AffineOptions, Interpolation } from './transforms/affine.js';
export { ColorJitter, type ColorJitterOptions, type Jitter } from './transforms/color-jitter.js';
export { Compose } from './transforms/compose.js';
export type { ImageTransform, TransformSpec } from './transforms/image-transform.js';
export { Normalize } from './transforms/normalize.js';
export {
  RandomAffine,
  RandomRotation,
  type RandomAffineOptions,
} from './transforms/random-affine.js';
export {
  RandomCrop,
  type ImagePaddingMode,
  type RandomCropOptions,
} from './transforms/random-crop.js';
export { RandomErasing, type RandomErasingOptions } from './transforms/random-erasing.js';
export {
  RandomHorizontalFlip,
  RandomVerticalFlip,
  type RandomFlipOptions,
} from './transforms/random-flip.js';
export { transformBatch, type BatchDraw } from './transforms/transform-batch.js';
export { transformFromJSON } from './transforms/transform-from-json.js';
