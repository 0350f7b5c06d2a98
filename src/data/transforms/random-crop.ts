import { allocate } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import {
  extentOf,
  perChannel,
  type ImageTransform,
  type TransformSpec,
} from './image-transform.js';

/** What lies beyond an image's edge: `fill`, the edge, or the image mirrored. */
export type ImagePaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';

/** Options of `RandomCrop`. */
export interface RandomCropOptions {
  /**
   * Pixels added before cropping: on all sides, [left and right, top and bottom], or [left, top, right,
   * bottom]; default 0.
   */
  padding?: number | readonly number[] | undefined;
  /** Of `constant` padding, for all channels or for each; default 0. */
  fill?: number | readonly number[] | undefined;
  /** `reflect` does not repeat the edge, `symmetric` does; default `constant`. */
  paddingMode?: ImagePaddingMode | undefined;
}

/** Where a crop lies: the offset of its top left corner in the image, which may be outside, and size. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * A part of the image of a fixed size, at a place drawn at random, each equally likely; torchvision's
 * `RandomCrop`.
 *
 * @throws ArgumentError for sizes or a padding that are none; when applied, ShapeError where the padded
 *   image is smaller than the crop.
 * @example
 * const transform = new Compose([new RandomCrop(32, { padding: 4 }), new RandomHorizontalFlip()]);
 */
export class RandomCrop implements ImageTransform {
  readonly size: readonly [height: number, width: number];
  /** Left, top, right, bottom. */
  readonly padding: readonly [number, number, number, number];
  readonly fill: number | readonly number[];
  readonly paddingMode: ImagePaddingMode;

  constructor(size: number | readonly [number, number], options: RandomCropOptions = {}) {
    const { padding = 0, fill = 0, paddingMode = 'constant' } = options;
    this.size = typeof size === 'number' ? [size, size] : size;
    if (this.size.length !== 2 || !this.size.every((v) => Number.isSafeInteger(v) && v > 0)) {
      throw new ArgumentError(
        `RandomCrop: size is ${this.size.join('×')}; give a height and a width of at least 1 pixel.`,
      );
    }
    this.padding = sides(padding);
    this.fill = fill;
    this.paddingMode = paddingMode;
    if (!(paddingMode in POSITIONS)) {
      throw new ArgumentError(
        `RandomCrop: paddingMode is '${String(paddingMode)}'; give ${Object.keys(POSITIONS).join(', ')}.`,
      );
    }
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    const { height, width } = extentOf('RandomCrop', image);
    const [cropHeight, cropWidth] = this.size;
    const [left, top, right, bottom] = this.padding;
    const spare = [height + top + bottom - cropHeight, width + left + right - cropWidth] as const;
    if (spare[0] < 0 || spare[1] < 0) {
      throw new ShapeError(
        `RandomCrop: the crop is ${cropHeight}×${cropWidth}, the image ${height}×${width}, with its ` +
          `padding ${height + top + bottom}×${width + left + right}; give a smaller size or more padding.`,
      );
    }
    const box = {
      top: random.below(spare[0] + 1) - top,
      left: random.below(spare[1] + 1) - left,
      height: cropHeight,
      width: cropWidth,
    };
    return crop(image, box, this);
  }

  toJSON(): TransformSpec {
    const { size, padding, fill, paddingMode } = this;
    return { transform: 'RandomCrop', size, padding, fill, paddingMode };
  }
}

/** Where a position comes from, in an extent of n: -1 for nowhere. */
const POSITIONS: Readonly<Record<ImagePaddingMode, (at: number, n: number) => number>> = {
  constant: (at, n) => (at >= 0 && at < n ? at : -1),
  edge: (at, n) => Math.min(Math.max(at, 0), n - 1),
  reflect: (at, n) => folded(at, n, 2 * n - 2),
  symmetric: (at, n) => folded(at < 0 ? -1 - at : at, n, 2 * n, 1),
};

/** Back and forth over 0 … n - 1. */
function folded(at: number, n: number, period: number, repeated = 0): number {
  if (period === 0) return 0;
  const within = Math.abs(at) % period;
  return within < n ? within : period - within - repeated;
}

/** The pixels of a box, which may reach beyond the image. */
export function crop(
  image: NamedArray,
  { top, left, height, width }: CropBox,
  { fill = 0, paddingMode = 'constant' }: Pick<RandomCropOptions, 'fill' | 'paddingMode'> = {},
): NamedArray {
  const extent = extentOf('crop', image);
  const { dtype, values } = image;
  const fills = perChannel('RandomCrop', 'fill', fill, extent.channels);
  const shape = [extent.channels, height, width];
  const out = allocate(dtype, extent.channels * height * width);
  const position = POSITIONS[paddingMode];
  const columns = Int32Array.from({ length: width }, (_, x) => position(left + x, extent.width));
  for (let c = 0; c < extent.channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * height + y) * width;
      const from = position(top + y, extent.height);
      if (from < 0) {
        out.fill(fills[c]!, row, row + width);
        continue;
      }
      const start = (c * extent.height + from) * extent.width;
      for (let x = 0; x < width; x++) {
        const column = columns[x]!;
        out[row + x] = column < 0 ? fills[c]! : values[start + column]!;
      }
    }
  }
  return { dtype, shape, values: out };
}

/** Left, top, right, bottom. */
function sides(padding: number | readonly number[]): readonly [number, number, number, number] {
  const list = typeof padding === 'number' ? [padding] : padding;
  const [a, b = a, c = a, d = b] = list;
  const isPadding = list.every((v) => Number.isSafeInteger(v) && v >= 0);
  if (![1, 2, 4].includes(list.length) || !isPadding) {
    throw new ArgumentError(
      `RandomCrop: padding is [${list.join(', ')}]; give one, two or four whole numbers of at least 0.`,
    );
  }
  return [a!, b!, c!, d!];
}
