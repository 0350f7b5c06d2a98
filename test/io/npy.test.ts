// covers: src/io/npy-header.ts
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  DTypeError,
  FormatError,
  ShapeError,
} from '../../src/engine/core/errors.js';
import { readNpy, writeNpy, type NamedArray } from '../../src/io/index.js';

const GOLDENS = new URL('../goldens/npy/', import.meta.url);
const golden = (name: string) => new Uint8Array(readFileSync(new URL(`${name}.npy`, GOLDENS)));
const expected = JSON.parse(readFileSync(new URL('expected.json', GOLDENS), 'utf8')) as Record<
  string,
  { shape: number[]; values: (number | boolean)[] }
>;

const DTYPE: Record<string, string> = { f2: 'f32', f4: 'f32', f8: 'f64', u1: 'u8', b1: 'bool' };

/** A version 1 file with this header, padded to `data`, which follows. */
function npy(header: string, data: ArrayLike<number> = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = version === 1 ? 10 : 12;
  const out = new Uint8Array(start + text.length + data.length);
  out.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  new DataView(out.buffer).setUint16(8, text.length, true);
  out.set(text, start);
  out.set(data, start + text.length);
  return out;
}

const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

describe("NumPy's own files", () => {
  test.each(Object.entries(expected))('%s', (name, { shape, values }) => {
    const array = readNpy(golden(name));
    const kind = /^([a-z]\d)/.exec(name)?.[1];
    if (kind !== undefined) expect(array.dtype).toBe(DTYPE[kind] ?? 'i32');
    expect(array.shape).toEqual(shape);
    expect([...array.values]).toEqual(values.map(Number));
  });

  test('every golden is expected or refused', () => {
    const refused = ['complex', 'dates', 'records', 'text', 'too-wide'];
    const names = readdirSync(GOLDENS)
      .filter((name) => name.endsWith('.npy'))
      .map((name) => name.slice(0, -4));
    expect(names.sort()).toEqual([...Object.keys(expected), ...refused].sort());
  });

  test.each([
    ['complex', /dtype "<c16" \(complex numbers\) has no counterpart; readable are f2, f4/],
    ['text', /dtype "<U2" \(text\)/],
    ['dates', /dtype "<M8\[D\]" \(dates\)/],
    ['records', /dtype \[\["a","<i4"\],\["b","<f8"\]\] \(records\)/],
    ['too-wide', /the array holds 2147483648 at element 1, which does not fit i32/],
  ])('%s is refused', (name, message) => {
    expect(() => readNpy(golden(name), { source: 'a.npy' })).toThrow(FormatError);
    expect(() => readNpy(golden(name), { source: 'a.npy' })).toThrow(message);
    expect(() => readNpy(golden(name), { source: 'a.npy' })).toThrow(/^npy: a\.npy: /);
  });

  test.each(['f4', 'f8', 'i4', 'u1', 'b1', 'scalar', 'empty'])(
    '%s is written to the byte',
    (name) => {
      expect(writeNpy(readNpy(golden(name)))).toEqual(golden(name));
    },
  );
});

describe('reading', () => {
  test('a copy, from any offset', () => {
    const bytes = golden('f8');
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { values } = readNpy(shifted.subarray(3));
    expect(values[0]).toBe(Math.PI);
    shifted.fill(0);
    expect(values[0]).toBe(Math.PI);
  });

  test('what other writers make of the header', () => {
    const odd = `{"shape": [2,] , "fortran_order":False,"descr":"|u1"}`;
    expect(readNpy(npy(odd, [7, 8]))).toMatchObject({ dtype: 'u8', shape: [2] });
    expect(readNpy(npy(header("'u1'", '(2L,)'), [7, 8])).shape).toEqual([2]);
    expect(readNpy(npy(header("'=i2'", '()'), [1, 0])).values[0]).toBe(1);
    expect(readNpy(npy(header("'>u1'", '(1, 1)', 'True'), [9])).values[0]).toBe(9);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /expected '\\x93NUMPY' at the start/],
    ['a cut', golden('f4').slice(0, 9), /the header is cut off after 9 bytes/],
    ['a cut in the header', golden('f4').slice(0, 40), /claims 118 bytes, 30 follow/],
    ['a cut in the data', golden('f4').slice(0, -1), /takes 24 bytes .* found 23; .* truncated/],
    [
      'too much',
      npy(header("'|u1'", '(1,)'), [1, 2]),
      /takes 1 bytes .* found 2; .* more than one/,
    ],
    ['version 4', npy('', [], 4), /format version 4/],
    ['no dictionary', npy('hello'), /no Python dictionary \(character 0: "hello"\)/],
    ['an end', npy("{'descr': "), /no Python dictionary \(character 9: it ends early\)/],
    ['code', npy("{'descr': f(), }"), /no Python dictionary \(character 9/],
    ['something after', npy(`${header("'|u1'", '(0,)')}x`), /no Python dictionary/],
    ['a key too few', npy("{'descr': '<f4', 'shape': ()}"), /needs the keys/],
    ['a key too many', npy("{'a': 1, 'descr': 'f4', 'fortran_order': True, 'shape': ()}"), /keys/],
    ['a key twice', npy("{'shape': (), 'shape': ()}"), /holds 'shape' twice/],
    ['a key that is none', npy('{1: 2}'), /a key of the header is no string/],
    ['an order', npy(header("'<f4'", '()', '0')), /fortran_order is neither/],
    ['an extent', npy(header("'<f4'", '(2.5,)')), /no Python dictionary/],
    ['a negative extent', npy(header("'<f4'", '(-1,)')), /no Python dictionary/],
    ['a number for a shape', npy(header("'<f4'", '(3)')), /shape is no tuple of integers/],
    ['a huge extent', npy(header("'<f4'", '(3000000000,)')), /beyond 64 dimensions or an extent/],
    ['a huge product', npy(header("'<f4'", '(99999, 99999)')), /takes 39999200004 bytes/],
    ['65 dimensions', npy(header("'|u1'", `(${'1,'.repeat(65)})`), [1]), /beyond 64 dimensions/],
    ['nesting', npy(`{'descr': ${'['.repeat(50)}`), /nests more than 16 deep/],
    ['objects', npy(header("'|O'", '(1,)'), [0]), /Python objects, which are code/],
    ['a wide float', npy(header("'<f16'", '(0,)')), /"<f16" \(floats of another width\)/],
    ['a name of Object', npy(header("'constructor'", '(0,)')), /dtype "constructor"/],
    ['a bool of 2', npy(header("'|b1'", '(1,)'), [2]), /holds 2 at element 0; a BOOL is 0 or 1/],
  ])('%s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(FormatError);
    expect(() => readNpy(bytes)).toThrow(message);
  });
});

test('writing refuses what contradicts itself', () => {
  const array = (over: Partial<NamedArray>): NamedArray => ({
    dtype: 'f32',
    shape: [2],
    values: new Float32Array(2),
    ...over,
  });
  expect(() => writeNpy(array({ shape: [3] }))).toThrow(ShapeError);
  expect(() => writeNpy(array({ dtype: 'f64' }))).toThrow(DTypeError);
  expect(() => writeNpy(array({ dtype: 'bool', values: new Uint8Array([1, 2]) }))).toThrow(
    'holds 2 at element 1; a bool is 0 or 1',
  );
  expect(() => writeNpy(array({ shape: [2, ...new Array<number>(64).fill(1)] }))).toThrow(
    ArgumentError,
  );
});
