/** Data sets in files: those with a name, folders of images and texts, tables. Node only. */
export { CIFAR10_NORMALIZATION, loadCifar10, type Cifar10Options } from './node/cifar10.js';
export {
  ClassFolder,
  openImageFolder,
  openTextFolder,
  type ClassFile,
} from './node/class-folder.js';
export { dataCacheFolder, findDataFolder, type DataFolderOptions } from './node/data-folders.js';
export type { DataSource, SourceFile } from './node/data-source.js';
export {
  DATASETS,
  findDataset,
  isFolderName,
  type LoadOptions,
  type NamedDataset,
} from './node/datasets.js';
export {
  FASHION_MNIST_NORMALIZATION,
  loadFashionMnist,
  type FashionMnistOptions,
} from './node/fashion-mnist.js';
export {
  fetchDataset,
  type FetchedDataset,
  type FetchOptions,
  type FetchProgress,
} from './node/fetch-dataset.js';
export { FetchError } from './node/fetch-error.js';
export { loadImageFolder, type ImageFolderOptions } from './node/image-folder.js';
export { loadCsv } from './node/load-csv.js';
export { DATA_SOURCES, findSource } from './node/sources.js';
export {
  findTable,
  TABLES,
  type LabelledTable,
  type NamedTable,
  type TableLoadOptions,
  type TableParts,
} from './node/tables.js';
export {
  findTexts,
  loadTextFolder,
  loadTextTable,
  TEXTS,
  type NamedTexts,
  type TextColumns,
  type TextLoadOptions,
} from './node/text-sets.js';
