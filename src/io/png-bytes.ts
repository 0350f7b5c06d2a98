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
export function encodePng({ dtype, shape, values }: NamedArray): Uint8Array<ArrayBuffer> {
  const [channels, height, width] = shape as [number, number, number];
  const colour = COLOUR[channels];
  if (dtype !== 'u8' || shape.length !== 3 || colour === undefined || !height || !width) {
    throw new ArgumentError(
      `encodePng: the image is ${dtype} ${formatShape(shape)}; give u8 [C, H, W] with pixels, C = 1 or 3.`,
    );
  }
  const line = 1 + width * channels;
  const rows = new Uint8Array(height * line);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        rows[y * line + 1 + x * channels + c] = values[(c * height + y) * width + x]!;
      }
    }
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, colour, 0, 0, 0], 8);
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
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
