import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeImage, encodePng } from '../../src/io/index.js';

const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6]);

describe('encodePng', () => {
  test('of a grey image: header, rows and the end', () => {
    const png = Buffer.from(encodePng({ dtype: 'u8', shape: [1, 2, 3], values: bytes }));
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
    expect([...png.subarray(24, 29)]).toEqual([8, 0, 0, 0, 0]);
    // Less the pixel before; then less the guess of Paeth, which is 1, 4, 5.
    const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
    expect([...rows]).toEqual([1, 1, 1, 1, 4, 3, 1, 1]);
    // The end as every PNG file has it, checksum included.
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });
  test('interleaves colours', () => {
    const png = Buffer.from(encodePng({ dtype: 'u8', shape: [3, 1, 2], values: bytes }));
    expect(png[25]).toBe(2);
    const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
    expect([...rows]).toEqual([1, 1, 3, 5, 1, 1, 1]);
  });
  test('is read again, whatever filter a row has', async () => {
    const used = new Set<number>();
    const kinds = [
      (y: number, x: number) => (y * 91 + x * 37 + ((x * y) % 5) * 50) % 256,
      (y: number, x: number) => 3 * y + 200 * (x % 2),
      (y: number, x: number) => 5 * x + 60 * (y % 2),
      (y: number, x: number) => Math.round(4 * y + 4 * x + (x * y) / 9),
    ];
    for (const channels of [1, 3]) {
      for (const of of kinds) {
        const values = Uint8Array.from({ length: channels * 12 * 17 }, (_, i) => {
          return of(Math.floor(i / 17) % 12, i % 17) + 7 * Math.floor(i / 204);
        });
        const image = { dtype: 'u8', shape: [channels, 12, 17], values } as const;
        const png = Buffer.from(encodePng(image));
        expect(await decodeImage(png)).toEqual(image);
        const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
        for (let y = 0; y < 12; y++) used.add(rows[y * (1 + 17 * channels)]!);
      }
    }
    expect([...used].sort((a, b) => a - b)).toEqual([0, 1, 2, 4]);
  });
  test.each([
    [{ dtype: 'u8', shape: [2, 1, 3], values: bytes }, 'u8 [2, 1, 3]'],
    [{ dtype: 'u8', shape: [2, 3], values: bytes }, 'u8 [2, 3]'],
    [{ dtype: 'u8', shape: [1, 0, 3], values: new Uint8Array() }, 'u8 [1, 0, 3]'],
    [{ dtype: 'f32', shape: [1, 1, 1], values: new Float32Array(1) }, 'f32 [1, 1, 1]'],
  ] as const)('refuses %o', (image, what) => {
    expect(() => encodePng(image)).toThrow(`encodePng: the image is ${what}; give u8 [C, H, W]`);
  });
});
