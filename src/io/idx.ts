import type { DType, TypedArray } from '../engine/core/dtype.js';
import { FormatError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import { gunzipChunks, isGzip, joinBytes } from './gzip.js';
import type { NamedArray } from './named-array.js';

/** Options of `readIdx`. */
export interface IdxReadOptions {
  /** Names the file in error messages. */
  source?: string;
}

interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly dtype: DType;
  readonly read: (view: DataView, count: number) => TypedArray;
}

const fill = <T extends TypedArray>(out: T, at: (i: number) => number): T => {
  for (let i = 0; i < out.length; i++) out[i] = at(i);
  return out;
};

/** The format's element types by their code; numbers are big-endian, narrow integers widen. */
const TYPES: Readonly<Record<number, ElementType>> = {
  0x08: {
    name: 'unsigned byte',
    bytes: 1,
    dtype: 'u8',
    read: (v, n) => new Uint8Array(new Uint8Array(v.buffer, v.byteOffset, n)),
  },
  0x09: {
    name: 'signed byte',
    bytes: 1,
    dtype: 'i32',
    read: (v, n) => fill(new Int32Array(n), (i) => v.getInt8(i)),
  },
  0x0b: {
    name: 'short',
    bytes: 2,
    dtype: 'i32',
    read: (v, n) => fill(new Int32Array(n), (i) => v.getInt16(2 * i)),
  },
  0x0c: {
    name: 'int',
    bytes: 4,
    dtype: 'i32',
    read: (v, n) => fill(new Int32Array(n), (i) => v.getInt32(4 * i)),
  },
  0x0d: {
    name: 'float',
    bytes: 4,
    dtype: 'f32',
    read: (v, n) => fill(new Float32Array(n), (i) => v.getFloat32(4 * i)),
  },
  0x0e: {
    name: 'double',
    bytes: 8,
    dtype: 'f64',
    read: (v, n) => fill(new Float64Array(n), (i) => v.getFloat64(8 * i)),
  },
};

interface Header {
  type: ElementType;
  shape: number[];
  /** Bytes of the whole file, header included. */
  total: number;
}

/**
 * Reads an idx file (the format of MNIST), packed with gzip or not; which one is seen from its first
 * bytes. Signed bytes and shorts become i32.
 *
 * @throws FormatError for another format, an unknown element type, fewer or more bytes than the
 *   shape asks for, and damaged gzip data. A hostile file cannot make it hold more than the shape
 *   claims and the bytes contain.
 * @example
 * const { shape, values } = await readIdx(bytes, { source: 'train-images-idx3-ubyte.gz' });
 * @see http://yann.lecun.com/exdb/mnist/ ("The IDX file format")
 */
export async function readIdx(
  bytes: Uint8Array,
  options: IdxReadOptions = {},
): Promise<NamedArray> {
  const source = options.source === undefined ? '' : `${options.source}: `;
  if (!isGzip(bytes)) return parseIdx(bytes, options);
  const chunks: Uint8Array[] = [];
  let found = 0;
  let header: Header | undefined;
  for await (const chunk of gunzipChunks(bytes, `idx: ${source}`)) {
    chunks.push(chunk);
    found += chunk.length;
    if (header === undefined) header = parseHeader(joinBytes(chunks, found), source);
    // Stop before a small file that unpacks to gigabytes fills the memory.
    if (header !== undefined && found > header.total)
      throw tooMany(header, `${found} or more`, source);
  }
  return parseIdx(joinBytes(chunks, found), options);
}

/**
 * Reads an idx file that is not packed; otherwise as `readIdx`.
 *
 * @throws FormatError as `readIdx` does.
 */
export function parseIdx(bytes: Uint8Array, options: IdxReadOptions = {}): NamedArray {
  const source = options.source === undefined ? '' : `${options.source}: `;
  const header = parseHeader(bytes, source);
  if (header === undefined) {
    throw new FormatError(
      `idx: ${source}the header is cut off: expected at least ${headerBytes(bytes)} bytes, ` +
        `found ${bytes.length}; fetch the file again.`,
    );
  }
  const { type, shape, total } = header;
  if (bytes.length > total) throw tooMany(header, `${bytes.length}`, source);
  if (bytes.length < total) {
    throw new FormatError(
      `idx: ${source}truncated: ${describe(header)} takes ${total} bytes with its header, ` +
        `found ${bytes.length}; fetch the file again.`,
    );
  }
  const start = headerBytes(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  return { dtype: type.dtype, shape, values: type.read(view, sizeOf(shape)) };
}

/** The header, or undefined where `bytes` end within it. */
function parseHeader(bytes: Uint8Array, source: string): Header | undefined {
  const [zero0 = 0, zero1 = 0, code, rank] = bytes;
  if (zero0 !== 0 || zero1 !== 0) {
    throw new FormatError(
      `idx: ${source}expected two zero bytes at the start, found ${zero0} and ${zero1}; ` +
        'this is not an idx file.',
    );
  }
  if (code === undefined) return undefined;
  const type = TYPES[code];
  if (type === undefined) {
    const known = Object.keys(TYPES).map((t) => `0x${Number(t).toString(16).padStart(2, '0')}`);
    throw new FormatError(
      `idx: ${source}expected an element type of ${known.join(', ')}, ` +
        `found 0x${code.toString(16).padStart(2, '0')}; this is not an idx file.`,
    );
  }
  if (rank === undefined || bytes.length < 4 + 4 * rank) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = sizeOf(shape);
  if (!(size <= 2 ** 31 - 1)) {
    throw new FormatError(
      `idx: ${source}shape ${formatShape(shape)} is beyond 2^31 - 1 elements; the file is damaged.`,
    );
  }
  return { type, shape, total: 4 + 4 * rank + size * type.bytes };
}

const headerBytes = (bytes: Uint8Array): number => 4 + 4 * (bytes[3] ?? 0);

const describe = ({ type, shape }: Header): string => `${type.name} ${formatShape(shape)}`;

function tooMany(header: Header, found: string, source: string): FormatError {
  return new FormatError(
    `idx: ${source}trailing bytes: ${describe(header)} takes ${header.total} bytes with its ` +
      `header, found ${found}; fetch the file again.`,
  );
}
