import { crc32, deflateSync } from 'node:zlib';

/** What a PNG file is made of: samples of `depth` bits, row by row. */
export interface PngParts {
  width: number;
  height: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha. */
  colourType: number;
  depth: number;
  samples: readonly number[];
  /** Of colour type 3: red, green, blue of each. */
  palette?: readonly number[];
  /** The bytes of a tRNS chunk. */
  transparency?: readonly number[];
  interlace?: number;
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG file, written by hand; the rows are not filtered. */
export function pngFile(parts: PngParts): Uint8Array {
  const { width, height, colourType, depth, samples, palette, transparency, interlace = 0 } = parts;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlace], 8);
  const perRow = width * CHANNELS[colourType]!;
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    rows.push(0);
    const bits = samples
      .slice(y * perRow, (y + 1) * perRow)
      .map((v) => v.toString(2).padStart(depth, '0'))
      .join('');
    for (let at = 0; at < bits.length; at += 8) {
      rows.push(Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
    }
  }
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
      ...(transparency === undefined ? [] : [chunk('tRNS', transparency)]),
      chunk('IDAT', deflateSync(Uint8Array.from(rows))),
      chunk('IEND', []),
    ]),
  );
}

function chunk(type: string, data: ArrayLike<number>): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(Array.from(data))]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
