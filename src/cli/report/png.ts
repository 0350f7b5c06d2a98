import { crc32, deflateSync } from 'node:zlib';
import type { NamedArray } from '../../io/index.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Colour types by number of channels. */
const COLOUR: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

/**
 * An image as a PNG file, 8 bits a channel.
 *
 * @param image u8 [C, H, W], C = 1 for grey or 3 for red, green, blue; of others the first channel.
 * @see https://www.w3.org/TR/png-3/
 */
export function writePng({ shape, values }: NamedArray): Buffer {
  const [found, height, width] = shape as [number, number, number];
  const channels = found === 3 ? 3 : 1;
  const line = 1 + width * channels;
  const rows = Buffer.alloc(height * line);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        rows[y * line + 1 + x * channels + c] = values[(c * height + y) * width + x]!;
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOUR[channels]!, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}

/** The image as an address that holds it whole. */
export function pngUri(image: NamedArray): string {
  return `data:image/png;base64,${writePng(image).toString('base64')}`;
}
