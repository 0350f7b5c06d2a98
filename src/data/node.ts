export { DATASETS, findDataset, type LoadOptions, type NamedDataset } from './node/datasets.js';
export { FASHION_MNIST_NORMALIZATION, loadFashionMnist } from './node/fashion-mnist.js';
