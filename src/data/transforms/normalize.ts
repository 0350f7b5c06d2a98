import { allocate } from '../../engine/core/dtype.js';
import type { NamedArray } from '../../io/named-array.js';
import { affineOf, normalizeInto, type Affine, type Normalization } from '../normalization.js';
import { extentOf, type ImageTransform, type TransformSpec } from './image-transform.js';

/**
 * (scale · pixel - mean) / std for each channel, as f32 (f64 stays f64): torchvision's `Normalize`, for bytes
 * after division by 255, as its `ToTensor` does; the same bits as `ArrayDataset.normalized`.
 *
 * @throws when applied, ArgumentError for std ≤ 0, ShapeError for a list that is not one number for each
 *   channel.
 * @example
 * new Compose([new RandomHorizontalFlip(), new Normalize(CIFAR10_NORMALIZATION)]);
 */
export class Normalize implements ImageTransform {
  private readonly known = new Map<string, Affine>();

  constructor(readonly normalization: Normalization) {}

  apply(image: NamedArray): NamedArray {
    const { dtype, shape, values } = image;
    extentOf('Normalize', image);
    const key = `${dtype} ${shape.join()}`;
    let found = this.known.get(key);
    if (found === undefined) {
      found = affineOf('Normalize', { ...image, shape: [1, ...shape] }, this.normalization);
      this.known.set(key, found);
    }
    const to = dtype === 'f64' ? 'f64' : 'f32';
    const out = allocate(to, values.length);
    normalizeInto(values, 0, values.length, found, out, 0);
    return { dtype: to, shape, values: out };
  }

  toJSON(): TransformSpec {
    return { transform: 'Normalize', ...this.normalization };
  }
}
