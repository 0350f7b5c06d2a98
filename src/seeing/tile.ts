import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NamedArray } from '../io/index.js';
import type { Conv2d } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { colorTable, type ColorMap } from './color-maps.js';

/** Options of `tile`. */
export interface TileOptions {
  /** Pictures in a row. Default ⌈√N⌉. */
  readonly columns?: number;
  /** Pixels of the picture to each element. Default 1. */
  readonly scale?: number;
  /** Pixels between pictures, which are white. Default 1. */
  readonly gap?: number;
  /**
   * Of pictures with one channel. 'grey' and 'heat' run from the smallest to the largest number, 'diverging'
   * from the largest magnitude below 0 to that above. Default 'diverging' where a number is below 0, else
   * 'grey'.
   */
  readonly colors?: ColorMap;
  /** The numbers that have the first and the last colour. Default: those of each picture, as above. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * Several small pictures as one, row by row: feature maps, filters, samples.
 *
 * @param pictures [N, C, H, W], C = 1, or 3 for red, green, blue.
 * @returns u8 [3, …], for `encodePng`.
 * @throws ShapeError for another shape, ArgumentError for numbers that cannot be, or a NaN. It computes at
 *   once, so it cannot stand in a compiled function.
 *
 * @example
 * const maps = randn([1, 6, 24, 24]).reshape([6, 1, 24, 24]);
 * const picture = tile(maps, { columns: 3 }); // [3, 49, 74]
 */
export function tile(pictures: Tensor, options: TileOptions = {}): NamedArray {
  const [n, channels, height, width] = pictures.shape as [number, number, number, number];
  if (pictures.rank !== 4 || pictures.size === 0 || (channels !== 1 && channels !== 3)) {
    throw new ShapeError(
      `tile: pictures is ${formatShape(pictures.shape)}; give [N, C, H, W] with C = 1 or 3.`,
    );
  }
  const { columns = Math.ceil(Math.sqrt(n)), scale = 1, gap = 1, range } = options;
  for (const [name, value, least] of [
    ['columns', columns, 1],
    ['scale', scale, 1],
    ['gap', gap, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new ArgumentError(`tile: ${name} is ${value}; use an integer of at least ${least}.`);
  }
  const values = pictures.detach().dataSync();
  if (!values.every(Number.isFinite)) {
    throw new ArgumentError('tile: pictures has a NaN or ∞, which has no colour; leave it out.');
  }
  const { colors = values.some((v) => v < 0) ? 'diverging' : 'grey' } = options;
  const across = Math.min(columns, n);
  const rows = Math.ceil(n / across);
  const [fullHeight, fullWidth] = [
    rows * (height * scale + gap) - gap,
    across * (width * scale + gap) - gap,
  ];
  const plane = fullHeight * fullWidth;
  const out = new Uint8Array(3 * plane).fill(255);
  const size = channels * height * width;
  for (let k = 0; k < n; k++) {
    const own = values.subarray(k * size, (k + 1) * size);
    const pixels = coloured(own, channels, colors, range ?? rangeOf(own, colors, channels));
    const top = Math.floor(k / across) * (height * scale + gap);
    const left = (k % across) * (width * scale + gap);
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = Math.floor(y / scale) * width + Math.floor(x / scale);
        const to = (top + y) * fullWidth + left + x;
        for (let c = 0; c < 3; c++) out[c * plane + to] = pixels[3 * from + c]!;
      }
    }
  }
  return { dtype: 'u8', shape: [3, fullHeight, fullWidth], values: out };
}

type Range = readonly [low: number, high: number];

function rangeOf(values: ArrayLike<number>, colors: ColorMap, channels: number): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (colors !== 'diverging' || channels === 3) return [low, high];
  const most = Math.max(-low, high);
  return [-most, most];
}

/** Red, green and blue of each element; the middle where the range is empty. */
function coloured(
  values: ArrayLike<number>,
  channels: number,
  colors: ColorMap,
  [low, high]: Range,
): Uint8Array {
  const size = values.length / channels;
  const table = colorTable(colors);
  const out = new Uint8Array(3 * size);
  const place = (v: number): number => {
    const share = high > low ? (v - low) / (high - low) : 0.5;
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  };
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) {
      out[3 * i + c] =
        channels === 3 ? place(values[c * size + i]!) : table[3 * place(values[i]!) + c]!;
    }
  }
  return out;
}

/**
 * The kernels of a convolution as pictures for `tile`: in colours where it sees red, green and blue, else
 * each channel by itself.
 *
 * @returns [O, 3, kH, kW] for three channels in one group, else [O · C / groups, 1, kH, kW].
 *
 * @example
 * const picture = tile(filters(new Conv2d(1, 6, 5)), { columns: 6, scale: 8 });
 */
export function filters(convolution: Conv2d): Tensor {
  const weight = convolution.weight.detach();
  const [o, c, ...size] = weight.shape as [number, number, number, number];
  return c === 3 ? weight : weight.reshape([o * c, 1, ...size]);
}
