import { ArgumentError, FormatError, GradusError } from '../engine/core/errors.js';
import type { NamedArray } from './named-array.js';
import { decodePng, type Pixels } from './png-pixels.js';

/** Options of `decodeImage`. */
export interface DecodeImageOptions {
  /**
   * 1 for grey, 3 for red, green, blue; default what the file has. Colours become grey as
   * 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); grey becomes three equal channels.
   */
  channels?: 1 | 3 | undefined;
  /** What shows through where the image is transparent, as bytes; default white. */
  background?: readonly [red: number, green: number, blue: number] | undefined;
  /** A larger image is refused; default 50 million. */
  maxPixels?: number | undefined;
  /** Names the file in error messages. */
  source?: string | undefined;
}

const WHITE = [255, 255, 255] as const;
const MAX_PIXELS = 50e6;

/** First bytes of files that people have. */
const FORMATS: readonly (readonly [kind: string, at: number, bytes: readonly number[]])[] = [
  ['PNG', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['JPEG', 0, [0xff, 0xd8, 0xff]],
  ['GIF', 0, [0x47, 0x49, 0x46, 0x38]],
  ['WebP', 8, [0x57, 0x45, 0x42, 0x50]],
  ['BMP', 0, [0x42, 0x4d]],
  ['TIFF', 0, [0x49, 0x49, 0x2a, 0x00]],
  ['TIFF', 0, [0x4d, 0x4d, 0x00, 0x2a]],
  ['HEIC or AVIF', 4, [0x66, 0x74, 0x79, 0x70]],
];

/** What the first bytes say a file is: `PNG`, `JPEG`, …; undefined for no image that is known. */
export function imageFormat(bytes: Uint8Array): string | undefined {
  return FORMATS.find(([, at, start]) => start.every((b, i) => bytes[at + i] === b))?.[0];
}

/**
 * Decodes a PNG or JPEG image. 16 bits become 8, colours of a palette are looked up, transparent places
 * show the background. A turn that EXIF asks for is not made, nor colour profiles applied.
 *
 * @returns u8 `[C, H, W]`.
 * @throws FormatError for a file that is cut off, damaged, too large, or none of these formats.
 * @example
 * const image = await decodeImage(bytes, { channels: 3, source: 'cat.jpg' });
 * image.shape; // [3, 480, 640]
 */
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeImageOptions = {},
): Promise<NamedArray> {
  const { channels, background = WHITE, maxPixels = MAX_PIXELS, source } = options;
  checkBackground(background);
  const prefix = source === undefined ? 'image: ' : `image: ${source}: `;
  const format = imageFormat(bytes);
  if (format !== 'PNG' && format !== 'JPEG') {
    const what =
      bytes.length === 0 ? 'empty' : format === undefined ? 'no image' : `a ${format} image`;
    throw new FormatError(
      `${prefix}this is ${what}; PNG and JPEG can be read, convert it or remove it.`,
    );
  }
  let pixels: Pixels;
  try {
    pixels = await (format === 'PNG' ? decodePng(bytes, maxPixels) : decodeJpeg(bytes, maxPixels));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      error instanceof GradusError
        ? `${prefix}this ${format} image cannot be read: ${reason}.`
        : `${prefix}this ${format} image is damaged, cut off, or of a kind that cannot be read ` +
            `(${reason.replace(/[.:]$/, '')}); replace it or remove it.`,
      { cause: error },
    );
  }
  return toPlanes(pixels, channels, background);
}

async function decodeJpeg(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  const { decode } = await import('jpeg-js');
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    // Otherwise the rest of a file that is cut off would be made up.
    tolerantDecoding: false,
    maxResolutionInMP: maxPixels / 1e6,
    maxMemoryUsageInMB: 2048,
  });
  if (!isGrey(bytes)) return { width, height, channels: 3, data };
  return { width, height, channels: 1, data: data.filter((_, i) => i % 3 === 0) };
}

/** Whether a JPEG file has a single component: the decoder gives three channels in any case. */
function isGrey(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return false;
    // A start of frame: SOF0 to SOF15, but for the tables DHT, JPG and DAC among them.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return bytes[at + 9] === 1;
    at += marker === 0xff ? 1 : 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return false;
}

function checkBackground(background: readonly number[]): void {
  const isByte = (v: number): boolean => Number.isInteger(v) && v >= 0 && v <= 255;
  if (background.length === 3 && background.every(isByte)) return;
  throw new ArgumentError(
    `decodeImage: background is [${background.join(', ')}]; give red, green and blue from 0 to 255.`,
  );
}

/** Pixels as planes `[C, H, W]`, without alpha. */
function toPlanes(
  { width, height, channels: found, data }: Pixels,
  wanted: 1 | 3 | undefined,
  background: readonly number[],
): NamedArray {
  const hasAlpha = found === 2 || found === 4;
  const colours = found - (hasAlpha ? 1 : 0);
  // Grey over a background of a colour is no longer grey.
  const isTinted = hasAlpha && new Set(background).size > 1;
  const channels = wanted ?? (colours === 1 && !isTinted ? 1 : 3);
  const size = width * height;
  const values = new Uint8Array(channels * size);
  const colour = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const alpha = hasAlpha ? data[i * found + colours]! / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const v = data[i * found + (colours === 1 ? 0 : c)]!;
      colour[c] = alpha === 1 ? v : Math.round(alpha * v + (1 - alpha) * background[c]!);
    }
    const [red, green, blue] = colour as [number, number, number];
    if (channels === 3) {
      values[i] = red;
      values[size + i] = green;
      values[2 * size + i] = blue;
    } else {
      // In integers, as Pillow does; equal parts stay what they are.
      values[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
  }
  return { dtype: 'u8', shape: [channels, height, width], values };
}
