// covers: src/io/png-pixels.ts
import { readFileSync } from 'node:fs';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { decodeImage, imageFormat } from '../../src/io/index.js';
import { pngFile, type PngParts } from './png-file.js';

const decoded = async (parts: PngParts, options = {}) => {
  const { dtype, shape, values } = await decodeImage(pngFile(parts), options);
  expect(dtype).toBe('u8');
  return { shape, values: [...values] };
};

describe('PNG', () => {
  test.each([
    [1, [0, 1, 1], [0, 255, 255]],
    [2, [0, 1, 3], [0, 85, 255]],
    [4, [0, 9, 15], [0, 153, 255]],
    [8, [0, 99, 255], [0, 99, 255]],
    // 16 bits are rounded: 384 / 257 = 1.49, 386 / 257 = 1.502.
    [16, [384, 386, 65535], [1, 2, 255]],
  ])('grey of %i bits; a row begins with a byte of its own', async (depth, row, values) => {
    const parts = { width: 3, height: 2, colourType: 0, depth, samples: [...row, ...row] };
    expect(await decoded(parts)).toEqual({ shape: [1, 2, 3], values: [...values, ...values] });
  });

  test('colour: planes of red, green, blue', async () => {
    const samples = [1, 2, 3, 4, 5, 6];
    const parts = { width: 2, height: 1, colourType: 2, depth: 8, samples };
    expect(await decoded(parts)).toEqual({ shape: [3, 1, 2], values: [1, 4, 2, 5, 3, 6] });
    const deep = { ...parts, depth: 16, samples: samples.map((v) => v * 257) };
    expect(await decoded(deep)).toEqual(await decoded(parts));
  });

  test.each([1, 2, 4, 8])('a palette, %i bits', async (depth) => {
    const palette = [10, 20, 30, 40, 50, 60];
    const parts = { width: 3, height: 1, colourType: 3, depth, samples: [1, 0, 1], palette };
    const values = [40, 10, 40, 50, 20, 50, 60, 30, 60];
    expect(await decoded(parts)).toEqual({ shape: [3, 1, 3], values });
    // Colour 0 is transparent, colour 1 not: on blue.
    const clear = { ...parts, transparency: [0] };
    expect((await decoded(clear, { background: [0, 0, 255] })).values).toEqual([
      40, 0, 40, 50, 0, 50, 60, 255, 60,
    ]);
  });

  test('alpha: over white, or another background', async () => {
    const samples = [100, 0, 0, 255, 100, 0, 0, 0, 100, 0, 0, 51];
    const parts = { width: 3, height: 1, colourType: 6, depth: 8, samples };
    const plane = (...v: number[]) => v;
    expect((await decoded(parts)).values).toEqual([
      ...plane(100, 255, 0.2 * 100 + 0.8 * 255),
      ...plane(0, 255, 204),
      ...plane(0, 255, 204),
    ]);
    const black = await decoded(parts, { background: [0, 0, 0] });
    expect(black.values).toEqual([100, 0, 20, 0, 0, 0, 0, 0, 0]);
  });

  test('grey with alpha stays grey over a grey background only', async () => {
    const parts = { width: 2, height: 1, colourType: 4, depth: 8, samples: [50, 255, 50, 0] };
    expect(await decoded(parts)).toEqual({ shape: [1, 1, 2], values: [50, 255] });
    expect(await decoded(parts, { background: [1, 2, 3] })).toEqual({
      shape: [3, 1, 2],
      values: [50, 1, 50, 2, 50, 3],
    });
  });

  test('one colour that is declared transparent, compared with all its bits', async () => {
    const grey = { width: 3, height: 1, colourType: 0, depth: 16, samples: [256, 257, 258] };
    // 257 alone, though all three are 1 of 255.
    expect((await decoded({ ...grey, transparency: [1, 1] })).values).toEqual([1, 255, 1]);
    const samples = [1, 2, 3, 1, 2, 4, 1, 2, 3];
    const colour = { width: 3, height: 1, colourType: 2, depth: 8, samples };
    const key = { ...colour, transparency: [0, 1, 0, 2, 0, 3] };
    expect((await decoded(key)).values).toEqual([255, 1, 255, 255, 2, 255, 255, 4, 255]);
    const bits = { width: 2, height: 1, colourType: 0, depth: 1, samples: [0, 1] };
    expect((await decoded({ ...bits, transparency: [0, 0] })).values).toEqual([255, 255]);
  });

  test('as many channels as are asked for', async () => {
    const colour = { width: 1, height: 1, colourType: 2, depth: 8, samples: [200, 100, 50] };
    const grey = Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    expect(await decoded(colour, { channels: 1 })).toEqual({ shape: [1, 1, 1], values: [grey] });
    const one = { width: 1, height: 1, colourType: 0, depth: 8, samples: [7] };
    expect(await decoded(one, { channels: 3 })).toEqual({ shape: [3, 1, 1], values: [7, 7, 7] });
    // Equal parts of white are white.
    const white = { ...colour, samples: [255, 255, 255] };
    expect((await decoded(white, { channels: 1 })).values).toEqual([255]);
  });
});

describe('JPEG', () => {
  /** A plain colour survives the compression but for rounding. */
  const file = (r: number, g: number, b: number) => {
    const data = Buffer.from(Array.from({ length: 20 * 12 }, () => [r, g, b, 255]).flat());
    return new Uint8Array(jpeg.encode({ width: 20, height: 12, data }, 95).data);
  };

  test('colour, and as grey', async () => {
    const { shape, values } = await decodeImage(file(200, 100, 50));
    expect(shape).toEqual([3, 12, 20]);
    for (const [c, v] of [200, 100, 50].entries()) {
      const plane = values.subarray(c * 240, (c + 1) * 240);
      expect(Math.max(...Array.from(plane, (found) => Math.abs(found - v)))).toBeLessThan(3);
    }
    const grey = await decodeImage(file(200, 100, 50), { channels: 1 });
    expect(grey.shape).toEqual([1, 12, 20]);
    expect(Math.abs(grey.values[100]! - 124)).toBeLessThan(3);
  });

  test('cut off anywhere: refused, not filled up', async () => {
    const bytes = file(200, 100, 50);
    for (const end of [3, 20, 200, bytes.length - 40, bytes.length - 8]) {
      const read = decodeImage(bytes.subarray(0, end), { source: 'cat.jpg' });
      await expect(read).rejects.toThrow(FormatError);
      await expect(read).rejects.toThrow(/^image: cat\.jpg: this JPEG image is damaged, cut off/);
    }
  });
});

interface Golden {
  readonly files: readonly {
    readonly name: string;
    readonly base64: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
    readonly tolerance: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../goldens/image-files.json', import.meta.url), 'utf8'),
) as Golden;

test.each(golden.files)('$name, as Pillow reads it', async (file) => {
  const { shape, values } = await decodeImage(new Uint8Array(Buffer.from(file.base64, 'base64')));
  expect(shape).toEqual(file.shape);
  const far = Array.from(values, (v, i) => Math.abs(v - file.values[i]!));
  expect(Math.max(...far)).toBeLessThanOrEqual(file.tolerance);
});

describe('refused in a sentence', () => {
  const good = { width: 2, height: 2, colourType: 0, depth: 8, samples: [1, 2, 3, 4] };
  const damaged = pngFile(good);
  damaged[50]! ^= 1;
  const large = { ...good, width: 60_000, height: 60_000 };
  test.each<[string, Uint8Array, RegExp]>([
    [
      'empty',
      new Uint8Array(),
      /this is empty; PNG and JPEG can be read, convert it or remove it\./,
    ],
    ['text', new TextEncoder().encode('not an image'), /this is no image;/],
    [
      'a GIF',
      new TextEncoder().encode('GIF89a..'),
      /this is a GIF image; PNG and JPEG can be read/,
    ],
    ['a WebP', new TextEncoder().encode('RIFF....WEBPVP8 '), /this is a WebP image/],
    [
      'cut in the header',
      pngFile(good).subarray(0, 20),
      /cannot be read: it is cut off after 20 b/,
    ],
    [
      'cut in the data',
      pngFile(good).subarray(0, 48),
      /damaged, cut off, or of a kind that cannot/,
    ],
    ['without its end', pngFile(good).subarray(0, -12), /damaged, cut off/],
    ['a bit turned', damaged, /damaged, cut off/],
    ['too large', pngFile(large), /it has 60000×60000 pixels, more than 50000000\./],
    [
      'few bits, interlaced',
      pngFile({ ...good, depth: 4, interlace: 1 }),
      /save it without interl/,
    ],
    [
      'a colour beyond the palette',
      pngFile({ ...good, colourType: 3, palette: [0, 0, 0, 9, 9, 9] }),
      /colour 2 is not among the 2 of its palette/,
    ],
    ['a palette without one', pngFile({ ...good, colourType: 3 }), /has no palette/],
  ])('%s', async (_, bytes, message) => {
    const read = decodeImage(bytes, { source: 'f.png' });
    await expect(read).rejects.toThrow(FormatError);
    await expect(read).rejects.toThrow(/^image: f\.png: this /);
    await expect(read).rejects.toThrow(message);
  });

  test('a background that is no colour', async () => {
    const read = decodeImage(pngFile(good), { background: [0, 0, 256] });
    await expect(read).rejects.toThrow(ArgumentError);
    await expect(read).rejects.toThrow('background is [0, 0, 256]; give red, green and blue');
  });
});

test('what a file is, by its first bytes', () => {
  expect(imageFormat(pngFile({ width: 1, height: 1, colourType: 0, depth: 8, samples: [1] }))).toBe(
    'PNG',
  );
  expect(imageFormat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('JPEG');
  expect(imageFormat(Uint8Array.of(0, 0, 8, 3))).toBe(undefined);
});
