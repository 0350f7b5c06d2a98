import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pngUri, writePng } from '../../../src/cli/report/png.js';

test('a grey image: header and rows', () => {
  const png = writePng({
    dtype: 'u8',
    shape: [1, 2, 3],
    values: Uint8Array.from([1, 2, 3, 4, 5, 6]),
  });
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
  expect([...png.subarray(24, 29)]).toEqual([8, 0, 0, 0, 0]);
  const length = png.readUInt32BE(33);
  const rows = inflateSync(png.subarray(41, 41 + length));
  expect([...rows]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
  // The end as every PNG file has it, checksum included.
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});

test('colours are interleaved', () => {
  const png = writePng({
    dtype: 'u8',
    shape: [3, 1, 2],
    values: Uint8Array.from([1, 2, 3, 4, 5, 6]),
  });
  expect(png[25]).toBe(2);
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  expect([...rows]).toEqual([0, 1, 3, 5, 2, 4, 6]);
});

test('as an address', () => {
  const uri = pngUri({ dtype: 'u8', shape: [1, 1, 1], values: new Uint8Array(1) });
  expect(uri).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
});
