import { encode } from 'fast-png';
import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { NamedArray } from './named-array.js';

/**
 * An image as the bytes of a PNG file, 8 bits a channel. The same image gives the same bytes.
 *
 * @param image u8 [C, H, W], C = 1 for grey or 3 for red, green, blue.
 * @throws ArgumentError for another dtype or shape.
 * @example
 * const grey = { dtype: 'u8', shape: [1, 2, 2], values: Uint8Array.of(0, 80, 160, 255) } as const;
 * const bytes = encodePng(grey);
 */
export function encodePng(image: NamedArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape, values } = image;
  const [channels, height, width] = shape as [number, number, number];
  if (
    !(values instanceof Uint8Array) ||
    dtype !== 'u8' ||
    shape.length !== 3 ||
    (channels !== 1 && channels !== 3) ||
    !height ||
    !width
  ) {
    throw new ArgumentError(
      `encodePng: the image is ${dtype} ${formatShape(shape)}; give u8 [C, H, W] with pixels, C = 1 or 3.`,
    );
  }
  const plane = height * width;
  // A file has the channels of a pixel beside each other.
  const data = new Uint8Array(channels * plane);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) data[i * channels + c] = values[c * plane + i]!;
  }
  return new Uint8Array(encode({ width, height, channels, data }, { zlib: { level: 9 } }));
}
