import { allocate } from '../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NamedArray } from '../io/named-array.js';

/** How an image comes to have another shape, in the words of CSS: see `resizeImage`. */
export type ImageFit = 'cover' | 'fill';

/** Options of `resizeImage`. */
export interface ResizeImageOptions {
  /** Height and width; one number is both. */
  size: number | readonly [height: number, width: number];
  /**
   * `fill` stretches the image; `cover`, the default, keeps its proportions and cuts off what is too
   * much on both sides.
   */
  fit?: ImageFit | undefined;
}

/** Where a pixel of the result comes from: source positions from `start`, and their weights. */
interface Tap {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * An image in another size: bilinear, over all pixels that one of the result covers where it becomes
 * smaller. What torchvision's `resize` does with `antialias=True`, with `cover` followed by `center_crop`.
 *
 * @param image u8 or f32 `[C, H, W]`.
 * @returns as `image`; u8 is rounded at the end.
 * @throws ShapeError for another shape, ArgumentError for a size that is none.
 * @example
 * const small = resizeImage(photo, { size: [32, 32] });
 */
export function resizeImage(image: NamedArray, options: ResizeImageOptions): NamedArray {
  const { size, fit = 'cover' } = options;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (![height, width].every((v) => Number.isSafeInteger(v) && v > 0)) {
    throw new ArgumentError(
      `resizeImage: size is ${height}×${width}; give a height and a width of at least 1 pixel.`,
    );
  }
  const { dtype, shape, values } = image;
  const [channels, h, w] = shape;
  if (shape.length !== 3 || channels === undefined || !h || !w) {
    throw new ShapeError(
      `resizeImage: the image has shape ${formatShape(shape)}; give one with pixels, [C, H, W].`,
    );
  }
  if (h === height && w === width) return { dtype, shape, values: values.slice() };
  const [fullHeight, fullWidth] =
    fit === 'fill'
      ? [height, width]
      : height * w > width * h
        ? [height, Math.floor((height * w) / h)]
        : [Math.floor((width * h) / w), width];
  const rows = tapsOf(h, fullHeight, height);
  const columns = tapsOf(w, fullWidth, width);
  const out = allocate(dtype, channels * height * width);
  const isByte = dtype === 'u8';
  const between = new Float64Array(h * width);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < h; y++) {
      const row = (c * h + y) * w;
      for (const [x, { start, weights }] of columns.entries()) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * values[row + start + k]!;
        between[y * width + x] = sum;
      }
    }
    for (const [y, { start, weights }] of rows.entries()) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += weights[k]! * between[(start + k) * width + x]!;
        out[(c * height + y) * width + x] = isByte ? Math.round(sum) : sum;
      }
    }
  }
  return { dtype, shape: [channels, height, width], values: out };
}

/** The middle `count` of `to` positions over `from` old ones. */
function tapsOf(from: number, to: number, count: number): Tap[] {
  const ratio = from / to;
  // Half the width of the triangle that weighs: wider than a pixel where the image becomes smaller.
  const support = Math.max(1, ratio);
  const first = Math.round((to - count) / 2);
  return Array.from({ length: count }, (_, i) => {
    const centre = ratio * (first + i + 0.5);
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_unused, k) =>
      Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / support),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((v) => v / sum) };
  });
}
