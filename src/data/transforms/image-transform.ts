import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { NamedArray } from '../../io/named-array.js';
import type { RandomStream } from '../random.js';

/** A transform as plain JSON: its class, and what its constructor was given. */
export interface TransformSpec {
  readonly transform: string;
  readonly [option: string]: unknown;
}

/** What is done to an image before a model sees it, at random or not. */
export interface ImageTransform {
  /**
   * The image transformed; the one given stays as it is, but may be what is returned.
   *
   * @param image u8, f32 or f64 `[C, H, W]`; floats are pixels as 0 … 1 where the range matters.
   * @param random where every choice is drawn from.
   */
  apply(image: NamedArray, random: RandomStream): NamedArray;
  /** What `transformFromJSON` makes the same transform of, in a worker or from a file. */
  toJSON(): TransformSpec;
}

/** Channels, height and width of an image. */
export interface Extent {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** @throws ShapeError where it is no image that a transform takes. */
export function extentOf(op: string, { dtype, shape }: NamedArray): Extent {
  const [channels, height, width] = shape;
  const isPixels = dtype === 'u8' || dtype === 'f32' || dtype === 'f64';
  if (isPixels && shape.length === 3 && shape.every((d) => d > 0)) {
    return { channels: channels!, height: height!, width: width! };
  }
  throw new ShapeError(
    `${op}: the image is ${dtype} ${formatShape(shape)}; give u8 or f32 with pixels, [C, H, W].`,
  );
}

/** @throws ArgumentError unless `p` is a probability. */
export function checkProbability(op: string, p: number): void {
  if (p >= 0 && p <= 1) return;
  throw new ArgumentError(`${op}: p is ${p}; give a probability from 0 to 1.`);
}

/** @throws ArgumentError unless the list is a range of finite numbers of at least `least`. */
export function checkRange(
  op: string,
  name: string,
  range: readonly number[],
  least: number,
): void {
  const [low, high] = range;
  if (range.length === 2 && range.every(Number.isFinite) && low! >= least && low! <= high!) return;
  throw new ArgumentError(
    `${op}: ${name} is [${range.join(', ')}]; give two numbers, the smaller first` +
      `${least === -Infinity ? '' : `, from ${least} on`}.`,
  );
}

/** One value for each channel. @throws ArgumentError where a list has another number of them. */
export function perChannel(
  op: string,
  name: string,
  value: number | readonly number[],
  channels: number,
): readonly number[] {
  if (typeof value === 'number') return new Array<number>(channels).fill(value);
  if (value.length === channels) return value;
  throw new ArgumentError(
    `${op}: ${name} has ${value.length} values, the image ${channels} channels; give one value, or one ` +
      'for each channel.',
  );
}

/** Halves to the even neighbour, as PyTorch's `round`. */
export function roundHalfEven(v: number): number {
  const r = Math.round(v);
  return r - v === 0.5 && r % 2 !== 0 ? r - 1 : r;
}
