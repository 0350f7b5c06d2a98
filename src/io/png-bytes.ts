import { zlibSync } from 'fflate';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NamedArray } from './named-array.js';
import { crc32 } from './zip-checksums.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Colour types by number of channels. */
const COLOUR: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

/**
 * An image as the bytes of a PNG file, 8 bits a channel. The same image gives the same bytes.
 *
 * @param image u8 [C, H, W], C = 1 for grey or 3 for red, green, blue.
 * @throws ArgumentError for another dtype or shape.
 * @see https://www.w3.org/TR/png-3/
 * @example
 * const grey = { dtype: 'u8', shape: [1, 2, 2], values: Uint8Array.of(0, 80, 160, 255) } as const;
 * const bytes = encodePng(grey);
 */
export function encodePng(image: NamedArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape } = image;
  const [channels, height, width] = shape as [number, number, number];
  const colour = COLOUR[channels];
  if (dtype !== 'u8' || shape.length !== 3 || colour === undefined || !height || !width) {
    throw new ArgumentError(
      `encodePng: the image is ${dtype} ${formatShape(shape)}; give u8 [C, H, W] with pixels, C = 1 or 3.`,
    );
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, colour, 0, 0, 0], 8);
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(filtered(image), { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ];
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, SIGNATURE.length));
  bytes.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const part of chunks) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The rows, pixels interleaved, each behind the number of its filter: what it is less than the pixel before
 * it, the one above, or Paeth's guess from these, whichever leaves the smallest numbers, as the standard
 * recommends. Heat maps take a quarter fewer bytes so.
 */
function filtered({ shape, values }: NamedArray): Uint8Array {
  const [channels, height, width] = shape as [number, number, number];
  const length = width * channels;
  const out = new Uint8Array(height * (1 + length));
  let above = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const row = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      row[i] = values[((i % channels) * height + y) * width + Math.floor(i / channels)]!;
    }
    let least = Infinity;
    for (const [type, guess] of FILTERS.entries()) {
      if (guess === undefined) continue;
      const rest = row.map((v, i) => {
        const left = i < channels ? 0 : row[i - channels]!;
        return v - guess(left, above[i]!, i < channels ? 0 : above[i - channels]!);
      });
      const size = rest.reduce((sum, v) => sum + Math.min(v, 256 - v), 0);
      if (size >= least) continue;
      least = size;
      out[y * (1 + length)] = type;
      out.set(rest, y * (1 + length) + 1);
    }
    above = row;
  }
  return out;
}

/** What a byte is guessed to be, by the number of the filter; 3, the mean, is not used. */
const FILTERS: readonly (((left: number, above: number, corner: number) => number) | undefined)[] =
  [
    () => 0,
    (left) => left,
    (_, above) => above,
    undefined,
    (left, above, corner) => {
      const [a, b, c] = [
        Math.abs(above - corner),
        Math.abs(left - corner),
        Math.abs(left + above - 2 * corner),
      ] as const;
      return a <= b && a <= c ? left : b <= c ? above : corner;
    },
  ];

/** Length, type, data, checksum of the two before. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
