import type { DType, TypedArray } from '../engine/core/dtype.js';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { formatShape, sizeOf, type Shape } from '../engine/core/shape.js';
import { checkArray, type NamedArray } from './named-array.js';
import { parseNpyHeader, type NpyHeader, type PyValue } from './npy-header.js';
import { STORED, ValueError, type Stored } from './safetensors-dtypes.js';

/** Options of `readNpy`. */
export interface NpyReadOptions {
  /** Names the file in error messages. */
  source?: string;
}

type Fail = (what: string) => never;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Headers of records can be long; nothing else is. */
const MAX_HEADER = 1_000_000;
const MAX_RANK = 64;
const MAX_EXTENT = 2 ** 31 - 1;

/** NumPy's kind and size, and the element type that safetensors has in common with it. */
const DTYPES: ReadonlyMap<string, Stored> = new Map(
  Object.entries({
    f2: 'F16',
    f4: 'F32',
    f8: 'F64',
    i1: 'I8',
    i2: 'I16',
    i4: 'I32',
    i8: 'I64',
    u1: 'U8',
    u2: 'U16',
    u4: 'U32',
    u8: 'U64',
    b1: 'BOOL',
  }).map(([npy, stored]) => [npy, STORED[stored]!]),
);

const FOREIGN: Readonly<Record<string, string>> = {
  O: 'Python objects, which are code as much as data',
  S: 'byte strings',
  U: 'text',
  c: 'complex numbers',
  f: 'floats of another width',
  M: 'dates',
  m: 'durations',
  V: 'records',
};

const WRITTEN: Record<DType, string> = {
  f32: '<f4',
  f64: '<f8',
  i32: '<i4',
  u8: '|u1',
  bool: '|b1',
};

/**
 * Reads a NumPy array file, versions 1 to 3. Values come out little-endian, row-major: big-endian
 * files are swapped, Fortran order is transposed.
 *
 * f2 becomes f32; i1, i2 and u2 become i32; i8, u4 and u8 become i32 where every value fits.
 *
 * @throws FormatError for another format, a dtype that has no counterpart here (objects, text, complex
 *   numbers, dates, records), and fewer or more bytes than the shape asks for.
 * @example
 * const { dtype, shape, values } = readNpy(bytes, { source: 'weights.npy' });
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes: Uint8Array, options: NpyReadOptions = {}): NamedArray {
  const source = options.source === undefined ? '' : `${options.source}: `;
  const fail: Fail = (what) => {
    throw new FormatError(`npy: ${source}${what}`);
  };
  const { header, dataStart } = readHeader(bytes, fail);
  const { fortranOrder, shape } = header;
  if (shape.length > MAX_RANK || shape.some((d) => d > MAX_EXTENT)) {
    fail(
      `shape ${formatShape(shape.slice(0, 8))}${shape.length > 8 ? '…' : ''} is beyond ` +
        `${MAX_RANK} dimensions or an extent of 2^31 - 1; the file is damaged.`,
    );
  }
  const { stored, bigEndian, name } = elementType(header.descr, fail);
  const wanted = sizeOf(shape) * stored.bytes;
  const found = bytes.length - dataStart;
  if (wanted !== found) {
    fail(
      `${name} ${formatShape(shape)} takes ${wanted} bytes after the header, found ${found}; ` +
        `the file is ${found < wanted ? 'truncated' : 'damaged or holds more than one array'}.`,
    );
  }
  const own = new Uint8Array(bytes.subarray(dataStart));
  if (bigEndian) swapBytes(own, stored.bytes);
  try {
    const values = stored.read(own);
    const ordered = fortranOrder && shape.length > 1 ? rowMajor(values, shape) : values;
    return { dtype: stored.dtype, shape: [...shape], values: ordered };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return fail(`the array ${error.message}`);
  }
}

function readHeader(bytes: Uint8Array, fail: Fail): { header: NpyHeader; dataStart: number } {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    fail("expected '\\x93NUMPY' at the start; this is not a .npy file.");
  }
  const major = bytes[6];
  if (major === undefined || major < 1 || major > 3) {
    fail(`format version ${major ?? 'missing'}; versions 1, 2 and 3 are known.`);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail(`the header is cut off after ${bytes.length} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || length > bytes.length - start) {
    fail(
      `the header claims ${length} bytes, ${bytes.length - start} follow and ${MAX_HEADER} is the ` +
        'limit; the file is truncated or damaged.',
    );
  }
  let text: string;
  try {
    const decoder = new TextDecoder(major === 3 ? 'utf-8' : 'latin1', { fatal: true });
    text = decoder.decode(bytes.subarray(start, start + length));
  } catch {
    return fail('the header is not UTF-8 text.');
  }
  const header = parseNpyHeader(text);
  if (typeof header === 'string') return fail(`${header}.`);
  return { header, dataStart: start + length };
}

function elementType(
  descr: PyValue,
  fail: Fail,
): { stored: Stored; bigEndian: boolean; name: string } {
  const found = typeof descr === 'string' ? /^([<>|=]?)([a-zA-Z]\d*)/.exec(descr) : null;
  const name = found?.[2] ?? '';
  const stored = found?.[0] === descr ? DTYPES.get(name) : undefined;
  if (stored === undefined) {
    const what = typeof descr === 'string' ? FOREIGN[name[0] ?? ''] : 'records';
    const shown = JSON.stringify(descr).slice(0, 80);
    return fail(
      `dtype ${shown}${what === undefined ? '' : ` (${what})`} has no counterpart; ` +
        `readable are ${[...DTYPES.keys()].join(', ')}.`,
    );
  }
  return { stored, bigEndian: found?.[1] === '>' && stored.bytes > 1, name };
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

/** Values whose first index runs fastest, in the order in which the last one does. */
function rowMajor(values: TypedArray, shape: Shape): TypedArray {
  const out = values.slice();
  const rank = shape.length;
  const strides = shape.map((_, i) => sizeOf(shape.slice(0, i)));
  const index = new Array<number>(rank).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = values[from]!;
    for (let d = rank - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}

/** NumPy leaves room for the first extent to grow to this many digits. */
const GROWTH_DIGITS = 21;

/**
 * Writes a NumPy array file, version 1, little-endian and row-major: byte for byte what `numpy.save`
 * of NumPy 2 writes. f32, f64, i32, u8 and bool become `<f4`, `<f8`, `<i4`, `|u1` and `|b1`.
 *
 * @throws ShapeError, DTypeError for an array that contradicts its declaration, ArgumentError for a
 *   bool beyond 0 and 1 and more than 64 dimensions.
 * @example
 * writeNpy({ dtype: 'f32', shape: [2], values: new Float32Array([1, 2]) });
 */
export function writeNpy(array: NamedArray): Uint8Array<ArrayBuffer> {
  checkArray('npy', 'array', array);
  const { dtype, shape, values } = array;
  if (shape.length > MAX_RANK) {
    throw new ArgumentError(`npy: ${shape.length} dimensions, the format has ${MAX_RANK} at most.`);
  }
  const wrong = dtype === 'bool' ? values.findIndex((v: number) => v > 1) : -1;
  if (wrong >= 0) {
    throw new ArgumentError(
      `npy: the array holds ${values[wrong]!} at element ${wrong}; a bool is 0 or 1.`,
    );
  }
  const tuple = shape.length === 1 ? `(${shape[0]!},)` : `(${shape.join(', ')})`;
  let text = `{'descr': '${WRITTEN[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  if (shape.length > 0) text += ' '.repeat(GROWTH_DIGITS - String(shape[0]!).length);
  // The data begin at a multiple of 64 bytes; the header ends with a line break.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length + values.byteLength);
  out.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + length);
  return out;
}
