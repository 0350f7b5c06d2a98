import { ArgumentError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import {
  checkProbability,
  checkRange,
  extentOf,
  perChannel,
  roundHalfEven,
  type ImageTransform,
  type TransformSpec,
} from './image-transform.js';
import type { CropBox } from './random-crop.js';

/** Options of `RandomErasing`. */
export interface RandomErasingOptions {
  /** Probability that something is erased; default 0.5. */
  p?: number | undefined;
  /** Range of the share of the image that is; default [0.02, 0.33]. */
  scale?: readonly [low: number, high: number] | undefined;
  /** Range of height by width, drawn on a logarithmic scale; default [0.3, 3.3]. */
  ratio?: readonly [low: number, high: number] | undefined;
  /** What takes the place, for all channels or for each; default 0. */
  value?: number | readonly number[] | undefined;
}

/** So often another rectangle is drawn where one does not fit; then nothing is erased. */
const ATTEMPTS = 10;

/**
 * Erases a rectangle (Zhong et al., "Random Erasing Data Augmentation", 2017, arXiv:1708.04896);
 * torchvision's `RandomErasing` without random values.
 *
 * @throws ArgumentError for a probability or ranges that are none.
 * @example
 * new RandomErasing({ p: 0.25, value: [125, 123, 114] });
 */
export class RandomErasing implements ImageTransform {
  readonly p: number;
  readonly scale: readonly [number, number];
  readonly ratio: readonly [number, number];
  readonly value: number | readonly number[];

  constructor(options: RandomErasingOptions = {}) {
    const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
    checkProbability('RandomErasing', p);
    checkRange('RandomErasing', 'scale', scale, 0);
    checkRange('RandomErasing', 'ratio', ratio, Number.MIN_VALUE);
    if (scale[1] > 1) {
      throw new ArgumentError(
        `RandomErasing: scale ends at ${scale[1]}; give shares of at most 1.`,
      );
    }
    this.p = p;
    this.scale = scale;
    this.ratio = ratio;
    this.value = value;
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    const { height, width } = extentOf('RandomErasing', image);
    if (random.uniform() >= this.p) return image;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const area = height * width * random.uniform(...this.scale);
      const [low, high] = this.ratio;
      const ratio = Math.exp(random.uniform(Math.log(low), Math.log(high)));
      const h = roundHalfEven(Math.sqrt(area * ratio));
      const w = roundHalfEven(Math.sqrt(area / ratio));
      if (h >= height || w >= width) continue;
      const [top, left] = [random.below(height - h + 1), random.below(width - w + 1)];
      return erase(image, { top, left, height: h, width: w }, this.value);
    }
    return image;
  }

  toJSON(): TransformSpec {
    const { p, scale, ratio, value } = this;
    return { transform: 'RandomErasing', p, scale, ratio, value };
  }
}

/** The image with a rectangle of one value in each channel. */
export function erase(
  image: NamedArray,
  { top, left, height: h, width: w }: CropBox,
  value: number | readonly number[],
): NamedArray {
  const { dtype, shape } = image;
  const { channels, height, width } = extentOf('erase', image);
  const fills = perChannel('RandomErasing', 'value', value, channels);
  const values = image.values.slice();
  for (let c = 0; c < channels; c++) {
    for (let y = top; y < top + h; y++) {
      const row = (c * height + y) * width + left;
      values.fill(fills[c]!, row, row + w);
    }
  }
  return { dtype, shape, values };
}
