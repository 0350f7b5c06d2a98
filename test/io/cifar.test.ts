import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FormatError } from '../../src/engine/core/errors.js';
import { readCifar } from '../../src/io/index.js';

/** Records with these labels in front; byte k of image i is i + k mod 251. */
function records(...labels: number[][]): Uint8Array {
  return new Uint8Array(
    labels.flatMap((label, i) => [
      ...label,
      ...Array.from({ length: 3072 }, (_, k) => (i + k) % 251),
    ]),
  );
}

test('CIFAR-10: labels, channels first, packed or not', async () => {
  const bytes = records([7], [0], [9]);
  for (const given of [bytes, gzipSync(bytes)]) {
    const { images, labels, coarseLabels } = await readCifar(given);
    expect(images).toMatchObject({ dtype: 'u8', shape: [3, 3, 32, 32] });
    expect(labels).toEqual({ dtype: 'i32', shape: [3], values: Int32Array.of(7, 0, 9) });
    expect(coarseLabels).toBe(undefined);
    // Image 2, channel 1, row 3, column 4.
    expect(images.values[2 * 3072 + 1024 + 3 * 32 + 4]).toBe((2 + 1024 + 100) % 251);
  }
});

test('CIFAR-100: the fine label is the second', async () => {
  const { images, labels, coarseLabels } = await readCifar(records([19, 99], [3, 0]), {
    classes: 100,
  });
  expect(images.shape).toEqual([2, 3, 32, 32]);
  expect(images.values[0]).toBe(0);
  expect([...labels.values]).toEqual([99, 0]);
  expect([...coarseLabels!.values]).toEqual([19, 3]);
});

test.each<[string, Uint8Array, 10 | 100, RegExp]>([
  [
    'empty',
    new Uint8Array(),
    10,
    /f\.bin: 0 bytes are 0 records of 3073 bytes and 0 more; the file/,
  ],
  ['cut off', records([1], [2]).subarray(0, 6000), 10, /6000 bytes are 1 records .* and 2927 more/],
  ['one byte more', new Uint8Array([...records([1]), 0]), 10, /1 records .* and 1 more/],
  ['text', new TextEncoder().encode('<!doctype html>'), 10, /15 bytes are 0 records/],
  ['of the other set', records([1, 1]), 10, /1 records of 3073 bytes and 1 more/],
  ['a label beyond', records([9], [10]), 10, /label 10 in record 1, expected 0…9/],
  ['a fine label beyond', records([0, 100]), 100, /: label 100 in record 0, expected 0…99/],
  ['a coarse label beyond', records([20, 0]), 100, /coarse label 20 in record 0, expected 0…19/],
  ['damaged gzip', gzipSync(records([1])).subarray(0, 60), 10, /damaged or cut off/],
])('%s', async (_, bytes, classes, message) => {
  const read = readCifar(bytes, { classes, source: 'f.bin' });
  await expect(read).rejects.toThrow(FormatError);
  await expect(read).rejects.toThrow(message);
});

test('a small file that unpacks to more than any published one', async () => {
  const bomb = gzipSync(new Uint8Array(3073 * 50_001), { level: 1 });
  await expect(readCifar(bomb)).rejects.toThrow('unpacks to more than 153650000 bytes');
});
