import { allocate } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';
import {
  checkRange,
  extentOf,
  type ImageTransform,
  type TransformSpec,
} from './image-transform.js';

/** A range of factors; a number j stands for max(0, 1 - j) … 1 + j. */
export type Jitter = number | readonly [low: number, high: number];

/** Options of `ColorJitter`. */
export interface ColorJitterOptions {
  /** Factor of all pixels; default 0: as they are. */
  brightness?: Jitter | undefined;
  /** Factor of the distance from the image's mean grey; default 0. */
  contrast?: Jitter | undefined;
  /** Factor of the distance from each pixel's grey; default 0. */
  saturation?: Jitter | undefined;
}

type Kind = 'brightness' | 'contrast' | 'saturation';

/**
 * Changes brightness, contrast and saturation by factors drawn uniformly, in an order drawn as well;
 * torchvision's `ColorJitter` without `hue`. Floats are pixels as 0 … 1, and are kept in this range.
 *
 * @throws ArgumentError for ranges that are none; when applied, ShapeError unless the image has 1 or 3
 *   channels.
 * @example
 * new ColorJitter({ brightness: 0.2, contrast: 0.2, saturation: [0.5, 1.5] });
 */
export class ColorJitter implements ImageTransform {
  readonly options: ColorJitterOptions;
  private readonly ranges: readonly (readonly [Kind, readonly [number, number]])[];

  constructor(options: ColorJitterOptions = {}) {
    this.options = { ...options };
    const { brightness = 0, contrast = 0, saturation = 0 } = options;
    const all: [Kind, Jitter][] = [
      ['brightness', brightness],
      ['contrast', contrast],
      ['saturation', saturation],
    ];
    this.ranges = all
      .map(([kind, jitter]) => [kind, rangeOf(kind, jitter)] as const)
      .filter(([, [low, high]]) => low !== 1 || high !== 1);
  }

  apply(image: NamedArray, random: RandomStream): NamedArray {
    const drawn = this.ranges.map(([kind, range]) => [kind, random.uniform(...range)] as const);
    let out = image;
    while (drawn.length > 0) {
      const [[kind, factor]] = drawn.splice(random.below(drawn.length), 1) as [[Kind, number]];
      out = ADJUST[kind](out, factor);
    }
    return out;
  }

  toJSON(): TransformSpec {
    return { transform: 'ColorJitter', ...this.options };
  }
}

function rangeOf(kind: Kind, jitter: Jitter): readonly [number, number] {
  if (typeof jitter !== 'number') {
    checkRange('ColorJitter', kind, jitter, 0);
    return jitter;
  }
  if (jitter >= 0 && Number.isFinite(jitter)) return [Math.max(0, 1 - jitter), 1 + jitter];
  throw new ArgumentError(
    `ColorJitter: ${kind} is ${jitter}; give a number of at least 0, or a range of factors.`,
  );
}

/** All pixels times a factor. */
export function adjustBrightness(image: NamedArray, factor: number): NamedArray {
  const { height, width } = extentOf('adjustBrightness', image);
  return blend(image, new Float64Array(height * width), factor);
}

/** Pixels nearer to the image's mean grey (factor below 1) or farther from it. */
export function adjustContrast(image: NamedArray, factor: number): NamedArray {
  const grey = greyOf('adjustContrast', image);
  const mean = grey.reduce((sum, v) => sum + v, 0) / grey.length;
  return blend(image, grey.fill(image.dtype === 'f64' ? mean : Math.fround(mean)), factor);
}

/** Pixels nearer to grey (factor below 1) or farther from it; grey images stay as they are. */
export function adjustSaturation(image: NamedArray, factor: number): NamedArray {
  const grey = greyOf('adjustSaturation', image);
  return image.shape[0] === 1 ? image : blend(image, grey, factor);
}

const ADJUST = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
} as const;

/**
 * The grey of each pixel: 0.2989 R + 0.587 G + 0.114 B, cut to whole numbers for bytes, both as
 * torchvision has it.
 */
function greyOf(op: string, image: NamedArray): Float64Array {
  const { channels, height, width } = extentOf(op, image);
  const { dtype, values } = image;
  const plane = height * width;
  if (channels === 1) return Float64Array.from(values);
  if (channels !== 3) {
    throw new ShapeError(`${op}: the image has ${channels} channels; give one with 1 or 3.`);
  }
  const grey = new Float64Array(plane);
  const isExact = dtype === 'f64';
  const { fround } = Math;
  const weights = [0.2989, 0.587, 0.114].map((v) => (isExact ? v : fround(v)));
  const [red, green, blue] = weights as [number, number, number];
  for (let i = 0; i < plane; i++) {
    const r = red * values[i]!;
    const g = green * values[plane + i]!;
    const b = blue * values[2 * plane + i]!;
    const sum = isExact ? r + g + b : fround(fround(fround(r) + fround(g)) + fround(b));
    grey[i] = dtype === 'u8' ? Math.trunc(sum) : sum;
  }
  return grey;
}

/**
 * factor · pixel + (1 - factor) · other, in the range of pixels; bytes are cut to whole numbers. In f32,
 * as torchvision: otherwise cutting would make another whole number of some.
 */
function blend(
  { dtype, shape, values }: NamedArray,
  other: Float64Array,
  factor: number,
): NamedArray {
  const plane = other.length;
  const out = allocate(dtype, values.length);
  const isByte = dtype === 'u8';
  const isExact = dtype === 'f64';
  const most = isByte ? 255 : 1;
  const { fround } = Math;
  const own = isExact ? factor : fround(factor);
  const rest = isExact ? 1 - factor : fround(1 - factor);
  for (let start = 0; start < values.length; start += plane) {
    for (let i = 0; i < plane; i++) {
      const a = own * values[start + i]!;
      const b = rest * other[i]!;
      const v = isExact ? a + b : fround(fround(a) + fround(b));
      const within = v < 0 ? 0 : v > most ? most : v;
      out[start + i] = isByte ? Math.trunc(within) : within;
    }
  }
  return { dtype, shape, values: out };
}
