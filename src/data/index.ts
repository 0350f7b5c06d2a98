export { ArrayDataset, type ArrayDatasetOptions, type Normalization } from './array-dataset.js';
export {
  asArrays,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
} from './data-loader.js';
export { batchLength, stackSamples, type Batch, type Dataset, type Sample } from './dataset.js';
export { digits, DIGITS_NORMALIZATION, type DigitsOptions } from './digits.js';
export type { LabelledImages } from './labelled-images.js';
export { nearestName } from './nearest-name.js';
export { split, type SplitOptions } from './split.js';
export { Subset } from './subset.js';
export { TensorDataset } from './tensor-dataset.js';
