import { decode, type DecodedPng } from 'fast-png';
import { FormatError } from '../engine/core/errors.js';

/** Pixels as a decoder gives them: row by row, the channels of a pixel together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Grey; grey and alpha; red, green, blue; these and alpha. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/** What a PNG file says of itself at its beginning; `depth` is bits of a sample. */
interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

const HEADER_BYTES = 29;
/** The colour type of images whose pixels are numbers of colours. */
const PALETTE = 3;

/** The header of a PNG file, without a check of anything behind it. */
function readHeader(bytes: Uint8Array): PngHeader {
  if (bytes.length < HEADER_BYTES) {
    throw new FormatError(`it is cut off after ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    colourType: view.getUint8(25),
    interlaced: view.getUint8(28) !== 0,
  };
}

/**
 * Decodes a PNG image: every colour type, 16 bits rounded to 8, colours of the palette, and what a tRNS
 * chunk makes transparent as an alpha channel. Of an animation, the image that viewers without
 * animations show.
 *
 * @param maxPixels a larger image is refused before anything is made.
 * @throws FormatError, or whatever the decoder does, for a damaged file.
 */
export async function decodePng(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  const { width, height, depth, colourType, interlaced } = readHeader(bytes);
  if (width * height > maxPixels) {
    throw new FormatError(`it has ${width}×${height} pixels, more than ${maxPixels}`);
  }
  if (interlaced && depth < 8) {
    throw new FormatError(
      `it is interlaced with ${depth} bits a pixel; save it without interlacing`,
    );
  }
  const png = decode(bytes, { checkCrc: true });
  if (colourType === PALETTE) return fromPalette(png, png.palette ?? []);
  return withTransparency(png, eightBits(png));
}

/** Samples of 8 bits. */
function eightBits(png: DecodedPng): Uint8Array {
  const { width, height, channels, depth, data } = png;
  if (depth === 8) return data as Uint8Array;
  if (depth === 16) return Uint8Array.from(data, (v) => Math.round(v / 257));
  const scale = 255 / (2 ** depth - 1);
  return Uint8Array.from(unpack(data, width * channels, height, depth), (v) => v * scale);
}

/** Samples of fewer than 8 bits, of which each row begins with a byte of its own. */
function unpack(packed: ArrayLike<number>, row: number, height: number, depth: number): Uint8Array {
  const out = new Uint8Array(row * height);
  const bytesPerRow = Math.ceil((row * depth) / 8);
  const mask = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < row; x++) {
      const bit = x * depth;
      const shift = 8 - depth - (bit & 7);
      out[y * row + x] = (packed[y * bytesPerRow + (bit >> 3)]! >> shift) & mask;
    }
  }
  return out;
}

function fromPalette(png: DecodedPng, palette: readonly (readonly number[])[]): Pixels {
  const { width, height, depth, data } = png;
  if (palette.length === 0) throw new FormatError('it has no palette, which its pixels refer to');
  const indices = depth === 8 ? data : unpack(data, width, height, depth);
  const channels = palette.some(({ length }) => length === 4) ? 4 : 3;
  const out = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const colour = palette[indices[i]!];
    if (colour === undefined) {
      throw new FormatError(
        `colour ${indices[i]} is not among the ${palette.length} of its palette`,
      );
    }
    out.set(colour, i * channels);
  }
  return { width, height, channels, data: out };
}

/** Adds an alpha channel where one colour is declared transparent. */
function withTransparency(png: DecodedPng, data: Uint8Array): Pixels {
  const { width, height, channels, depth, transparency } = png;
  if (transparency === undefined) return { width, height, channels, data };
  // Compared before the samples become 8 bits: two colours of 16 could become the same.
  const raw = depth < 8 ? unpack(png.data, width * channels, height, depth) : png.data;
  const out = new Uint8Array(width * height * (channels + 1));
  for (let i = 0; i < width * height; i++) {
    let same = true;
    for (let c = 0; c < channels; c++) {
      same &&= raw[i * channels + c] === transparency[c];
      out[i * (channels + 1) + c] = data[i * channels + c]!;
    }
    out[i * (channels + 1) + channels] = same ? 0 : 255;
  }
  return { width, height, channels: channels + 1, data: out };
}
