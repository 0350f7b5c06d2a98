import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import type { ImageTransform, TransformSpec } from './image-transform.js';

/**
 * One transform after another; torchvision's `Compose`.
 *
 * @example
 * const transform = new Compose([new RandomCrop(28, { padding: 2 }), new RandomHorizontalFlip()]);
 */
export class Compose implements ImageTransform {
  readonly transforms: readonly ImageTransform[];

  constructor(transforms: readonly ImageTransform[]) {
    this.transforms = [...transforms];
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    return this.transforms.reduce((out, transform) => transform.apply(out, random), image);
  }

  toJSON(): TransformSpec {
    return { transform: 'Compose', transforms: this.transforms.map((each) => each.toJSON()) };
  }
}
