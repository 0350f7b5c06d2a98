import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../src/engine/core/errors.js';
import { gunzipChunks, isGzip } from '../../src/io/gzip.js';
import { parseIdx, readIdx } from '../../src/io/index.js';

/** An idx file of element type `code` with these extents and this data. */
function idx(code: number, shape: number[], data: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(4 + 4 * shape.length + data.length);
  out[2] = code;
  out[3] = shape.length;
  const view = new DataView(out.buffer);
  for (const [i, d] of shape.entries()) view.setUint32(4 + 4 * i, d);
  out.set(data, 4 + 4 * shape.length);
  return out;
}

const bigEndian = (array: Int16Array | Int32Array | Float32Array | Float64Array): Uint8Array => {
  const bytes = new Uint8Array(array.buffer.slice(0));
  for (let i = 0; i < bytes.length; i += array.BYTES_PER_ELEMENT) {
    bytes.subarray(i, i + array.BYTES_PER_ELEMENT).reverse();
  }
  return bytes;
};

const I16 = new Int16Array([-32768, -1, 258]);
const I32 = new Int32Array([-2147483648, 66051, -2]);
const F32 = new Float32Array([1.5, -0, Infinity]);
const F64 = new Float64Array([Math.PI, 5e-324, -1]);

describe('element types', () => {
  test.each([
    ['u8', 0x08, 'u8', [0, 128, 255], new Uint8Array([0, 128, 255])],
    ['i8', 0x09, 'i32', [0, 128, 255], new Int32Array([0, -128, -1])],
    ['i16', 0x0b, 'i32', bigEndian(I16), Int32Array.from(I16)],
    ['i32', 0x0c, 'i32', bigEndian(I32), I32],
    ['f32', 0x0d, 'f32', bigEndian(F32), F32],
    ['f64', 0x0e, 'f64', bigEndian(F64), F64],
  ])('%s', async (_, code, dtype, data, values) => {
    const bytes = idx(code, [3, 1], data);
    const expected = { dtype, shape: [3, 1], values };
    expect(parseIdx(bytes)).toEqual(expected);
    expect(await readIdx(bytes)).toEqual(expected);
    expect(await readIdx(gzipSync(bytes))).toEqual(expected);
  });

  test('a scalar, an empty array, bytes at an odd offset; the values are a copy', () => {
    expect(parseIdx(idx(8, [], [7]))).toEqual({ dtype: 'u8', shape: [], values: Uint8Array.of(7) });
    expect(parseIdx(idx(8, [0, 28], []))).toMatchObject({ shape: [0, 28] });
    const shifted = new Uint8Array([9, ...idx(0x0d, [3], bigEndian(F32))]).subarray(1);
    const { values } = parseIdx(shifted);
    shifted.fill(0);
    expect(values).toEqual(F32);
  });
});

describe('malformed', () => {
  const good = idx(8, [2, 3], [1, 2, 3, 4, 5, 6]);
  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /header is cut off: expected at least 4 bytes, found 0/],
    ['cut in the magic number', good.subarray(0, 3), /expected at least 4 bytes, found 3/],
    ['cut in the extents', good.subarray(0, 9), /expected at least 12 bytes, found 9/],
    ['cut in the data', good.subarray(0, 16), /unsigned byte \[2, 3\] takes 18 bytes .* found 16/],
    [
      'one byte more',
      new Uint8Array([...good, 0]),
      /trailing bytes: .* takes 18 bytes .* found 19/,
    ],
    [
      'not idx',
      new TextEncoder().encode('<html>'),
      /two zero bytes at the start, found 60 and 104/,
    ],
    ['an unknown type', idx(0x0a, [1], [0]), /element type of 0x08, 0x09, .* found 0x0a/],
    ['too many elements', idx(8, [2 ** 31, 2], []), /beyond 2\^31 - 1 elements/],
    ['0 · ∞ elements', idx(8, [...new Array<number>(60).fill(2 ** 32 - 1), 0], []), /beyond/],
    ['gigabytes claimed', idx(0x0e, [2 ** 30], [0]), /takes 8589934600 bytes .* found 9/],
  ])('%s', async (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(FormatError);
    expect(() => parseIdx(bytes)).toThrow(message);
    await expect(readIdx(bytes, { source: 'a.idx' })).rejects.toThrow(/^idx: a\.idx: /);
    await expect(readIdx(gzipSync(bytes), { source: 'a.idx.gz' })).rejects.toThrow(FormatError);
  });

  test('damaged gzip', async () => {
    const packed = gzipSync(
      idx(
        8,
        [1000],
        Uint8Array.from({ length: 1000 }, (_, i) => i * i),
      ),
    );
    const damaged = Uint8Array.from(packed);
    damaged[damaged.length - 6]! ^= 1;
    for (const bytes of [
      packed.subarray(0, 10),
      packed.subarray(0, packed.length - 1),
      new Uint8Array([...packed, ...new TextEncoder().encode('junk')]),
      damaged,
    ]) {
      await expect(readIdx(bytes, { source: 'a.gz' })).rejects.toThrow(FormatError);
      await expect(readIdx(bytes, { source: 'a.gz' })).rejects.toThrow(
        new RegExp(`a\\.gz: the gzip data are damaged or cut off .* has ${bytes.length} bytes`),
      );
    }
  });

  test('a small file that unpacks to a gigabyte is left early', async () => {
    const zeros = gzipSync(new Uint8Array(64 << 20));
    const bomb = new Uint8Array(16 * zeros.length + 64);
    const head = gzipSync(idx(8, [1], []));
    bomb.set(head);
    for (let i = 0; i < 16; i++) bomb.set(zeros, head.length + i * zeros.length);
    const before = process.memoryUsage().rss;
    await expect(readIdx(bomb)).rejects.toThrow(/trailing bytes: .* takes 9 bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

test('gunzipChunks unpacks and stops when asked to', async () => {
  const data = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  const packed = gzipSync(data);
  expect(isGzip(packed)).toBe(true);
  expect(isGzip(data)).toBe(false);
  let found = 0;
  for await (const chunk of gunzipChunks(packed, '')) {
    for (const byte of chunk) if (byte !== data[found++]) throw new Error(`byte ${found - 1}`);
  }
  expect(found).toBe(data.length);
  for await (const chunk of gunzipChunks(packed, '')) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});
