import { toArrays } from '../io/tensors.js';
import type { Tensor } from '../tensor/index.js';
import { ArrayDataset, type ArrayDatasetOptions } from './array-dataset.js';

/**
 * A set made of tensors whose dim 0 counts the samples; their values are copied out of them.
 *
 * @throws ShapeError, IndexError as ArrayDataset does.
 * @example
 * const set = new TensorDataset({ x: rand([100, 4]), y: zeros([100], { dtype: 'i32' }) });
 */
export class TensorDataset<K extends string = string> extends ArrayDataset<K> {
  constructor(tensors: Readonly<Record<K, Tensor>>, options: ArrayDatasetOptions<K> = {}) {
    super(toArrays(tensors), options);
  }
}
