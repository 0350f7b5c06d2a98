import { describe, expect, test } from 'vitest';
import { decodeImage, encodePng } from '../../src/io/index.js';

const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6]);

describe('encodePng', () => {
  test.each([
    [1, 2, 3],
    [3, 1, 2],
    [3, 12, 17],
  ])('of %d channels is read again', async (channels, height, width) => {
    const shape = [channels, height, width];
    const values = Uint8Array.from({ length: channels * height * width }, (_, i) => (37 * i) % 256);
    const image = { dtype: 'u8', shape, values } as const;
    expect(await decodeImage(encodePng(image))).toEqual(image);
    expect(encodePng(image)).toEqual(encodePng(image));
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
