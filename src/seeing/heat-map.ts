import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import { interpolate } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { colorTable, type ColorMap } from './color-maps.js';

/** Options of `heatMap`. */
export interface HeatMapOptions {
  /** Default 'diverging' where a number is below 0, else 'heat'. */
  readonly colors?: ColorMap;
  /**
   * The magnitude that has the last colour, as has all beyond. Default the largest; less where single pixels
   * outshine the rest.
   */
  readonly limit?: number;
  /** Height and width of the picture, between whose pixels is interpolated. Default those of the map. */
  readonly size?: readonly [height: number, width: number];
}

/** Options of `overlay`. */
export interface OverlayOptions extends Omit<HeatMapOptions, 'size'> {
  /** Share of the colours of the map, 0 to 1. Default 0.6. */
  readonly opacity?: number;
  /** Pixels of the picture to each of the image. Default 1. */
  readonly scale?: number;
}

/**
 * A map as a picture in colours whose lightness is as the numbers are: 0 and `limit` have the ends of 'heat'
 * and 'grey', -`limit` and `limit` those of 'diverging'. A map of zeros has the colour of 0.
 *
 * @param map [H, W], with axes of 1 before these or not: one map of `gradCam`, say.
 * @returns u8 [3, H, W], for `encodePng`.
 * @throws ShapeError for another shape, ArgumentError for a limit that is none or a NaN in the map. It computes
 *   at once, so it cannot stand in a compiled function.
 *
 * @example
 * const picture = heatMap(tensor([[0, 0.2], [0.4, 1]]), { size: [8, 8] });
 */
export function heatMap(map: Tensor, options: HeatMapOptions = {}): NamedArray {
  const [h, w] = map.shape.slice(-2);
  if (map.rank < 2 || map.size === 0 || map.size !== h! * w!) {
    throw new ShapeError(`heatMap: the map is ${formatShape(map.shape)}; give one, [H, W].`);
  }
  const [height, width] = options.size ?? [h!, w!];
  const plane = map.detach().reshape([1, 1, h!, w!]);
  const sized = options.size
    ? interpolate(plane, { size: [height, width], mode: 'bilinear' })
    : plane;
  const values = Float64Array.from(sized.dataSync());
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const { limit = largest, colors = values.some((v) => v < 0) ? 'diverging' : 'heat' } = options;
  if (!Number.isFinite(largest) || !(limit >= 0 && limit < Infinity)) {
    throw new ArgumentError(`heatMap: limit is ${limit}; give finite numbers, limit at least 0.`);
  }
  const table = colorTable(colors);
  const pixels = new Uint8Array(3 * values.length);
  for (const [i, v] of values.entries()) {
    const share = limit === 0 ? 0 : Math.min(1, Math.max(-1, v / limit));
    const place = Math.round(255 * (colors === 'diverging' ? (share + 1) / 2 : Math.max(0, share)));
    for (let c = 0; c < 3; c++) pixels[c * values.length + i] = table[3 * place + c]!;
  }
  return { dtype: 'u8', shape: [3, height, width], values: pixels };
}

/**
 * A map laid over the image that it explains, which shows through in grey.
 *
 * @param image u8 [C, H, W], C = 1 or 3.
 * @param map [h, w], with axes of 1 before these or not; brought to the size of the picture, bilinear.
 * @returns u8 [3, scale · H, scale · W], for `encodePng`.
 * @throws As `heatMap`; ArgumentError for an image, opacity or scale that cannot be.
 *
 * @example
 * const image = { dtype: 'u8', shape: [1, 4, 4], values: new Uint8Array(16).fill(90) } as const;
 * const picture = overlay(image, tensor([[0, 1], [0, 0]]), { scale: 8 }); // [3, 32, 32]
 */
export function overlay(
  image: NamedArray,
  map: Tensor,
  { opacity = 0.6, scale = 1, ...colours }: OverlayOptions = {},
): NamedArray {
  const [channels, height, width] = image.shape as [number, number, number];
  if (image.dtype !== 'u8' || image.shape.length !== 3 || (channels !== 1 && channels !== 3)) {
    throw new ArgumentError(
      `overlay: the image is ${image.dtype} ${formatShape(image.shape)}; give u8 [C, H, W], C = 1 or 3.`,
    );
  }
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new ArgumentError(`overlay: opacity is ${opacity}; use a share from 0 to 1.`);
  }
  if (!Number.isInteger(scale) || scale < 1) {
    throw new ArgumentError(`overlay: scale is ${scale}; use an integer of at least 1.`);
  }
  const heat = heatMap(map, { ...colours, size: [scale * height, scale * width] });
  const plane = heat.values.length / 3;
  const pixels = heat.values as Uint8Array;
  for (let i = 0; i < plane; i++) {
    const row = Math.floor(i / (scale * width) / scale);
    const column = Math.floor((i % (scale * width)) / scale);
    const grey = greyOf(image, row * width + column);
    for (let c = 0; c < 3; c++) {
      const at = c * plane + i;
      pixels[at] = Math.round(opacity * pixels[at]! + (1 - opacity) * grey);
    }
  }
  return heat;
}

/** ITU-R BT.601, as `decodeImage` has it. */
function greyOf({ shape, values }: NamedArray, at: number): number {
  const plane = shape[1]! * shape[2]!;
  if (shape[0] === 1) return values[at]!;
  return 0.299 * values[at]! + 0.587 * values[plane + at]! + 0.114 * values[2 * plane + at]!;
}
