// covers: src/io/zip-checksums.ts
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { readNpz, writeNpy, writeNpz } from '../../src/io/index.js';
import { crc32 } from '../../src/io/zip-checksums.js';

const GOLDENS = new URL('../goldens/npy/', import.meta.url);
const golden = (name: string) => new Uint8Array(readFileSync(new URL(name, GOLDENS)));

const w = { dtype: 'f32', shape: [2, 2], values: new Float32Array([1, 2, 3, 4]) } as const;
const b = { dtype: 'i32', shape: [], values: new Int32Array([-7]) } as const;

describe("NumPy's own files", () => {
  test('stored', () => {
    const arrays = readNpz(golden('stored.npz'));
    expect([...arrays.keys()]).toEqual(['w', 'layer.0/bias']);
    expect(arrays.get('w')).toMatchObject({ dtype: 'f32', shape: [2, 3] });
    expect(arrays.get('layer.0/bias')!.values[0]).toBe(Math.PI);
  });

  test('deflated', () => {
    const arrays = readNpz(golden('deflated.npz'));
    expect(arrays.get('x')!.shape).toEqual([300]);
    expect([...arrays.get('x')!.values.subarray(297)]).toEqual([-2147483648, 0, 2147483647]);
    expect([...arrays.get('y')!.values]).toEqual([1, 0, 1]);
  });
});

describe('there and back', () => {
  test.each([false, true])('compress %s', (compress) => {
    const bytes = writeNpz({ w, b, 'layer.0/w': w, __proto__x: w }, { compress });
    const back = readNpz(bytes);
    expect([...back]).toEqual([
      ['w', w],
      ['b', b],
      ['layer.0/w', w],
      ['__proto__x', w],
    ]);
    expect(writeNpz(back, { compress })).toEqual(bytes);
  });

  test('none', () => expect(readNpz(writeNpz({})).size).toBe(0));

  const numpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  if (!numpy) console.log('skipped: NumPy reads our .npz (python3 has no numpy)');
  test.skipIf(!numpy)('NumPy reads it', () => {
    const code =
      'import io,sys,numpy as n\nz=n.load(io.BytesIO(sys.stdin.buffer.read()))\n' +
      'print([(k,z[k].dtype.str,z[k].tolist()) for k in z])';
    const { stdout } = spawnSync('python3', ['-c', code], {
      input: writeNpz({ w, b }, { compress: true }),
      encoding: 'utf8',
    });
    expect(stdout).toBe("[('w', '<f4', [[1.0, 2.0], [3.0, 4.0]]), ('b', '<i4', -7)]\n");
  });
});

describe('hostile archives', () => {
  const file = writeNpy(w);
  const damaged = (change: (view: DataView, bytes: Uint8Array) => void, level: 0 | 6 = 0) => {
    const bytes = zipSync({ 'w.npy': file }, { level });
    change(new DataView(bytes.buffer), bytes);
    return bytes;
  };
  /** The entry in the directory, which follows the entry itself. */
  const directory = (bytes: Uint8Array) => Buffer.from(bytes).indexOf('PK\x01\x02', 0, 'latin1');

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /damaged or no zip file/],
    ['text', new TextEncoder().encode('PK, but no archive at all, really'), /no zip file/],
    ['a cut', zipSync({ 'w.npy': file }).slice(0, -30), /damaged or no zip file/],
    ['another file in it', zipSync({ 'a.txt': file }), /"a\.txt" in the archive is no \.npy array/],
    ['no array in it', zipSync({ 'w.npy': file.subarray(20) }), /^npy: .*expected '\\x93NUMPY'/],
    [
      'a flipped bit',
      damaged((_, bytes) => (bytes[170]! ^= 1)),
      /"w\.npy" is damaged: its checksum/,
    ],
    [
      'a size that cannot be',
      damaged((view, bytes) => view.setUint32(directory(bytes) + 24, 900_000_000, true), 6),
      /claims 900000000 bytes from \d+ packed ones, which cannot be/,
    ],
    [
      'a size that is too small',
      damaged((view, bytes) => view.setUint32(directory(bytes) + 24, 20, true), 6),
      /is damaged: its checksum is wrong/,
    ],
    [
      'another method',
      damaged((view, bytes) => view.setUint16(directory(bytes) + 10, 99, true)),
      /unknown compression type 99/,
    ],
    [
      'an offset beyond',
      damaged((view, bytes) => view.setUint32(directory(bytes) + 42, 4_000_000_000, true)),
      /damaged/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => readNpz(bytes)).toThrow(FormatError);
    expect(() => readNpz(bytes)).toThrow(message);
    expect(() => readNpz(bytes, { source: 'x.npz' })).toThrow(/x\.npz/);
  });

  test('a name twice', () => {
    const bytes = zipSync({ 'a.npy': file, 'b.npy': file }, { level: 0 });
    const text = Buffer.from(bytes);
    for (let at = text.indexOf('b.npy'); at >= 0; at = text.indexOf('b.npy'))
      bytes[at] = text[at] = 97;
    expect(() => readNpz(bytes)).toThrow(FormatError);
  });

  test('a bomb does not fill the memory', () => {
    const zeros = {
      dtype: 'u8',
      shape: [20_000_000],
      values: new Uint8Array(20_000_000),
    } as const;
    const bytes = writeNpz({ zeros }, { compress: true });
    expect(bytes.length).toBeLessThan(50_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readNpz(bytes, { maxBytes: 10_000_000 })).toThrow(
      'take 20000128 bytes, the limit is 10000000',
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
  });
});

test('names that cannot be', () => {
  for (const name of ['', '/w', 'a\\b', '../w', 'a\0', 'x'.repeat(1001), '\ud800']) {
    expect(() => writeNpz({ [name]: w })).toThrow(ArgumentError);
  }
  expect(() =>
    writeNpz([
      ['w', w],
      ['w', b],
    ]),
  ).toThrow("two arrays are named 'w'");
});

test('crc32', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});
