import { allocate } from '../../engine/core/dtype.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import {
  checkProbability,
  extentOf,
  type ImageTransform,
  type TransformSpec,
} from './image-transform.js';

/** Options of the flips. */
export interface RandomFlipOptions {
  /** Probability that the image is flipped; default 0.5. */
  p?: number;
}

/**
 * Exchanges left and right, or leaves the image as it is; torchvision's `RandomHorizontalFlip`.
 *
 * @throws ArgumentError unless p is a probability.
 * @example
 * new RandomHorizontalFlip({ p: 0.5 });
 */
export class RandomHorizontalFlip implements ImageTransform {
  readonly p: number;

  constructor({ p = 0.5 }: RandomFlipOptions = {}) {
    checkProbability('RandomHorizontalFlip', p);
    this.p = p;
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    extentOf('RandomHorizontalFlip', image);
    return random.uniform() < this.p ? hflip(image) : image;
  }

  toJSON(): TransformSpec {
    return { transform: 'RandomHorizontalFlip', p: this.p };
  }
}

/**
 * Exchanges top and bottom, or leaves the image as it is; torchvision's `RandomVerticalFlip`.
 *
 * @throws ArgumentError unless p is a probability.
 * @example
 * new RandomVerticalFlip({ p: 0.5 });
 */
export class RandomVerticalFlip implements ImageTransform {
  readonly p: number;

  constructor({ p = 0.5 }: RandomFlipOptions = {}) {
    checkProbability('RandomVerticalFlip', p);
    this.p = p;
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    extentOf('RandomVerticalFlip', image);
    return random.uniform() < this.p ? vflip(image) : image;
  }

  toJSON(): TransformSpec {
    return { transform: 'RandomVerticalFlip', p: this.p };
  }
}

/** Left and right exchanged. */
export function hflip(image: NamedArray): NamedArray {
  const { dtype, shape, values } = image;
  const { width } = extentOf('hflip', image);
  const out = allocate(dtype, values.length);
  for (let row = 0; row < out.length; row += width) {
    for (let x = 0; x < width; x++) out[row + x] = values[row + width - 1 - x]!;
  }
  return { dtype, shape, values: out };
}

/** Top and bottom exchanged. */
export function vflip(image: NamedArray): NamedArray {
  const { dtype, shape, values } = image;
  const { channels, height, width } = extentOf('vflip', image);
  const out = allocate(dtype, values.length);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + height - 1 - y) * width;
      out.set(values.subarray(from, from + width), (c * height + y) * width);
    }
  }
  return { dtype, shape, values: out };
}
