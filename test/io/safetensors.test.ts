// covers: src/io/safetensors-dtypes.ts, src/io/named-array.ts, src/io/index.ts
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  DTypeError,
  FormatError,
  ShapeError,
} from '../../src/engine/core/errors.js';
import { readSafetensors, writeSafetensors, type NamedArray } from '../../src/io/index.js';

const golden = (name: string) => readFileSync(new URL(`../goldens/${name}`, import.meta.url));

/** A file with this header, as text or as an object, and this many bytes of data. */
function file(header: unknown, data: number | number[] = 0): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const bytes = typeof data === 'number' ? new Array<number>(data).fill(0) : data;
  const out = new Uint8Array(8 + json.length + bytes.length);
  new DataView(out.buffer).setUint32(0, json.length, true);
  out.set(json, 8);
  out.set(bytes, 8 + json.length);
  return out;
}

const entry = (dtype: unknown, shape: unknown, offsets: unknown) => ({
  dtype,
  shape,
  data_offsets: offsets,
});

const OWN: Record<string, NamedArray> = {
  mask: { dtype: 'bool', shape: [3], values: new Uint8Array([1, 0, 1]) },
  'net.0.weight': {
    dtype: 'f32',
    shape: [2, 3],
    values: new Float32Array([1.5, -2.25, 1e-45, Infinity, -0, 3.4028235e38]),
  },
  'net.0.bias': { dtype: 'f32', shape: [2], values: new Float32Array([0.1, -0.1]) },
  double: { dtype: 'f64', shape: [2], values: new Float64Array([Math.PI, 5e-324]) },
  steps: { dtype: 'i32', shape: [], values: new Int32Array([-7]) },
  empty: { dtype: 'f32', shape: [0, 3], values: new Float32Array() },
  bytes: { dtype: 'u8', shape: [3], values: new Uint8Array([0, 127, 255]) },
  'quote " and ümlaut 字': { dtype: 'i32', shape: [1], values: new Int32Array([3]) },
};

interface Expected {
  ints: Record<string, { shape: number[]; values: number[] }>;
  halves: Record<string, number[]>;
}

describe('goldens of the reference implementation', () => {
  const expected = JSON.parse(golden('safetensors.json').toString()) as Expected;

  test('writes the same bytes', () => {
    expect(Buffer.from(writeSafetensors(OWN, { model: 'mlp 字' }))).toEqual(
      golden('safetensors-own.safetensors'),
    );
  });

  test('reads them back', () => {
    const { tensors, metadata } = readSafetensors(golden('safetensors-own.safetensors'));
    expect(metadata).toEqual({ model: 'mlp 字' });
    expect(Object.fromEntries(tensors)).toEqual(OWN);
    expect(Object.is(tensors.get('net.0.weight')!.values[4], -0)).toBe(true);
  });

  test('integers of all widths become i32', () => {
    const { tensors, metadata } = readSafetensors(golden('safetensors-ints.safetensors'));
    expect(metadata).toEqual({});
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected.ints).sort());
    for (const [name, { shape, values }] of Object.entries(expected.ints)) {
      expect(tensors.get(name)).toEqual({ dtype: 'i32', shape, values: Int32Array.from(values) });
    }
  });

  test('halves become f32, to the bit', () => {
    const { tensors } = readSafetensors(golden('safetensors-halves.safetensors'));
    expect(tensors.get('bfloat')!.shape).toEqual([7, 1]);
    for (const [name, bits] of Object.entries(expected.halves)) {
      const { dtype, values } = tensors.get(name)!;
      expect(dtype).toBe('f32');
      expect([...new Uint32Array(values.buffer)]).toEqual(bits);
    }
  });
});

describe('round trip', () => {
  test('accepts a Map and pairs, keeps odd names, copies', () => {
    const pairs = [
      ['__proto__', { dtype: 'u8', shape: [1], values: new Uint8Array([9]) }],
      ['', { dtype: 'u8', shape: [0], values: new Uint8Array() }],
    ] as const;
    const bytes = writeSafetensors(new Map<string, NamedArray>(pairs));
    expect(writeSafetensors(pairs)).toEqual(bytes);
    const { tensors } = readSafetensors(bytes);
    expect([...tensors.keys()].sort()).toEqual(['', '__proto__']);
    bytes.fill(0);
    expect(tensors.get('__proto__')!.values[0]).toBe(9);
  });

  test('every tensor is aligned, whatever the header', () => {
    for (let n = 0; n < 9; n++) {
      const bytes = writeSafetensors({ ['x'.repeat(n)]: OWN['double']! });
      const header = new DataView(bytes.buffer).getUint32(0, true);
      expect(header % 8).toBe(0);
      expect(bytes.length).toBe(8 + header + 16);
    }
  });

  test('no tensors at all', () => {
    expect(readSafetensors(writeSafetensors({})).tensors.size).toBe(0);
  });

  test('reads bytes that begin at an odd offset', () => {
    const bytes = writeSafetensors(OWN);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(Object.fromEntries(readSafetensors(shifted.subarray(3)).tensors)).toEqual(OWN);
  });

  test('writes views of larger buffers', () => {
    const values = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    const { tensors } = readSafetensors(
      writeSafetensors({ v: { dtype: 'f32', shape: [2], values } }),
    );
    expect([...tensors.get('v')!.values]).toEqual([2, 3]);
  });
});

describe('refuses to write', () => {
  const f32 = (length: number) => new Float32Array(length);
  test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    [
      'a shape of another size',
      () => writeSafetensors({ w: { dtype: 'f32', shape: [2, 2], values: f32(3) } }),
      ShapeError,
      /'w' has shape \[2, 2\], which is 4 elements, but 3 values/,
    ],
    [
      'values of another type',
      () => writeSafetensors({ w: { dtype: 'f64', shape: [3], values: f32(3) } }),
      DTypeError,
      /'w' is declared f64, but its values are a Float32Array; pass a Float64Array/,
    ],
    [
      'a bool that is 2',
      () => writeSafetensors({ m: { dtype: 'bool', shape: [2], values: new Uint8Array([1, 2]) } }),
      ArgumentError,
      /'m' holds 2 at element 1/,
    ],
    [
      'the reserved name',
      () => writeSafetensors({ __metadata__: { dtype: 'f32', shape: [0], values: f32(0) } }),
      ArgumentError,
      /cannot be named '__metadata__'/,
    ],
    [
      'a name twice',
      () =>
        writeSafetensors([
          ['w', { dtype: 'f32', shape: [0], values: f32(0) }],
          ['v', { dtype: 'f32', shape: [0], values: f32(0) }],
          ['w', { dtype: 'i32', shape: [0], values: new Int32Array() }],
        ]),
      ArgumentError,
      /two tensors are named 'w'/,
    ],
    [
      'a lone surrogate',
      () => writeSafetensors({ 'a\ud800': { dtype: 'f32', shape: [0], values: f32(0) } }),
      ArgumentError,
      /lone surrogate/,
    ],
    [
      'metadata that are no strings',
      () => writeSafetensors({}, { epoch: 3 as unknown as string }),
      ArgumentError,
      /metadata 'epoch' is 3; the format takes strings only/,
    ],
  ])('%s', (_, act, type, message) => {
    expect(act).toThrow(type);
    expect(act).toThrow(message);
  });
});

describe('hostile files', () => {
  const huge = new Uint8Array(16);
  huge.fill(255, 0, 8);
  const long = file('{}');
  new DataView(long.buffer).setUint32(0, 99, true);
  const x = entry('F32', [1], [0, 4]);
  const name = 'n'.repeat(100_000);

  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /at least 8 bytes .* found 0/],
    ['cut in the length', new Uint8Array(7), /at least 8 bytes .* found 7/],
    ['header length 0', new Uint8Array(8), /does not begin with '{'/],
    ['header length 2^64 - 1', huge, /claims 18446744073709552000 bytes, the limit is 100000000/],
    ['header longer than the file', long, /claims 99 bytes, but only 2 follow/],
    ['not JSON', file('{"a":'), /header is not JSON/],
    ['an array', file('[]'), /does not begin with '{'/],
    ['white space first', file(' {}'), /does not begin with '{'/],
    ['text after the object', file('{} {}'), /header is not JSON/],
    ['not UTF-8', file('{}').fill(0xff, 9), /header is not JSON/],
    ['a million brackets', file(`{"a":${'['.repeat(1e6)}`), /header is not JSON/],
    [
      'a deep value',
      file(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
      /tensor 'a' is \[\[…\]\], expected/,
    ],
    ['an entry that is null', file({ w: null }), /tensor 'w' is null, expected dtype, shape/],
    ['an entry that is an array', file({ w: [1] }), /tensor 'w' is \[1\], expected dtype/],
    ['an empty entry', file({ w: {} }), /tensor 'w' has dtype missing; readable are F64, F32/],
    [
      'an unknown dtype',
      file({ w: entry('F8_E4M3', [1], [0, 1]) }, 1),
      /dtype "F8_E4M3"; readable/,
    ],
    ['a dtype of Object', file({ w: entry('toString', [1], [0, 4]) }, 4), /dtype "toString"/],
    ['a dtype that is a number', file({ w: entry(32, [1], [0, 4]) }, 4), /dtype 32; readable/],
    ['a shape that is a number', file({ w: entry('F32', 1, [0, 4]) }, 4), /has shape 1, expected/],
    ['a negative extent', file({ w: entry('F32', [-1], [0, 4]) }, 4), /has shape \[-1\], expected/],
    ['a broken extent', file({ w: entry('F32', [0.5, 2], [0, 4]) }, 4), /has shape \[0\.5,2\]/],
    ['an extent as text', file({ w: entry('F32', ['1'], [0, 4]) }, 4), /has shape \["1"\]/],
    [
      'an extent that overflows',
      file({ w: entry('F32', [2 ** 32, 2 ** 32], [0, 0]) }),
      /has shape \[4294967296,4294967296\], expected/,
    ],
    [
      'a product that overflows',
      file({ w: entry('F32', new Array(40).fill(2 ** 31 - 1).concat(0), [0, 0]) }),
      /takes NaN bytes/,
    ],
    ['no offsets', file({ w: { dtype: 'F32', shape: [1] } }, 4), /data_offsets missing, expected/],
    ['three offsets', file({ w: entry('F32', [1], [0, 2, 4]) }, 4), /data_offsets \[0,2,4\]/],
    ['negative offsets', file({ w: entry('F32', [1], [-4, 0]) }, 4), /data_offsets \[-4,0\]/],
    [
      'offsets beyond 2^53',
      file('{"w":{"dtype":"U8","shape":[0],"data_offsets":[9e15,9007199254740993]}}'),
      /data_offsets/,
    ],
    [
      'offsets that run backwards',
      file({ w: entry('F32', [1], [4, 0]) }, 4),
      /ends \(0\) before it begins \(4\)/,
    ],
    [
      'too few bytes for the shape',
      file({ w: entry('F32', [2], [0, 4]) }, 4),
      /shape \[2\] takes 8 bytes, but its data_offsets \[0, 4\] hold 4/,
    ],
    [
      'beyond the end',
      file({ w: entry('F32', [2], [0, 8]) }, 4),
      /ends at byte 8 of the data, but the file has 4/,
    ],
    ['terabytes', file({ w: entry('U8', [2 ** 30], [0, 2 ** 30]) }, 4), /ends at byte 1073741824/],
    [
      'overlap',
      file({ v: x, w: entry('F32', [1], [2, 6]) }, 6),
      /'w' begins at 2, inside tensor 'v', which ends at 4/,
    ],
    ['the same bytes twice', file({ v: x, w: x }, 4), /'w' begins at 0, inside tensor 'v'/],
    [
      'a hole',
      file({ v: x, w: entry('F32', [1], [8, 12]) }, 12),
      /4 bytes between tensor 'v' and tensor 'w'/,
    ],
    [
      'a hole at the start',
      file({ w: entry('F32', [1], [4, 8]) }, 8),
      /4 bytes between the start of the data and/,
    ],
    ['bytes left over', file({ w: x }, 9), /expected 4 bytes of data, found 9/],
    ['data without tensors', file({}, 1), /expected 0 bytes of data, found 1/],
    [
      'a name twice',
      file(`{"w":${JSON.stringify(x)},"w":${JSON.stringify(x)}}`, 4),
      /holds "w" twice/,
    ],
    [
      'a name twice, escaped',
      file(`{"w":${JSON.stringify(x)},"\\u0077":${JSON.stringify(x)}}`, 4),
      /holds "w" twice/,
    ],
    [
      'a key twice',
      file('{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      /holds "dtype" twice/,
    ],
    [
      'metadata that are a string',
      file({ __metadata__: 'x' }),
      /__metadata__ is "x", expected an object/,
    ],
    [
      'metadata with a number',
      file({ __metadata__: { epoch: 3 } }),
      /entry "epoch" is 3, expected a string/,
    ],
    [
      'a BOOL of 2',
      file({ m: entry('BOOL', [2], [0, 2]) }, [1, 2]),
      /'m' holds 2 at element 1; a BOOL is 0 or 1/,
    ],
    [
      'an I64 of 2^31',
      file({ n: entry('I64', [1], [0, 8]) }, [0, 0, 0, 128, 0, 0, 0, 0]),
      /'n' holds 2147483648 at element 0, which does not fit i32/,
    ],
    [
      'a U32 of 2^31',
      file({ n: entry('U32', [1], [0, 4]) }, [0, 0, 0, 128]),
      /'n' holds 2147483648 at element 0/,
    ],
    ['a long name', file({ [name]: null }), /tensor 'n{200}…' is null/],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes, { source: 'm.safetensors' })).toThrow(
      /^safetensors: m\.safetensors: /,
    );
  });

  test('what the format allows is not refused', () => {
    const a = entry('U8', [1], [1, 2]);
    const b = entry('U8', [1], [0, 1]);
    const { tensors } = readSafetensors(file(`${JSON.stringify({ a, b })}   `, [5, 6]));
    expect([...tensors].map(([name, t]) => [name, t.values[0]])).toEqual([
      ['a', 6],
      ['b', 5],
    ]);
  });
});
