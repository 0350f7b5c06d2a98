import type { DType } from '../engine/core/dtype.js';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { sizeOf } from '../engine/core/shape.js';
import { duplicateKey } from './json-keys.js';
import { checkArray, type NamedArray } from './named-array.js';
import { STORED, ValueError, WRITTEN, type Stored } from './safetensors-dtypes.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: Map<string, NamedArray>;
  /** The `__metadata__` entry: strings only; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Options of `readSafetensors`. */
export interface SafetensorsReadOptions {
  /** Names the file in error messages. */
  source?: string;
}

/** Tensors by name: a Map, a record, or pairs. */
export type NamedArrays =
  | Iterable<readonly [string, NamedArray]>
  | Readonly<Record<string, NamedArray>>;

/** The reference implementation refuses longer headers, and so do we. */
const MAX_HEADER = 100_000_000;
const MAX_EXTENT = 2 ** 31 - 1;
const METADATA = '__metadata__';
/** Wide elements first, so that every tensor is aligned; the reference implementation's order. */
const ORDER: readonly DType[] = ['f64', 'f32', 'i32', 'u8', 'bool'];

/**
 * Reads a safetensors file. Everything in the file is checked before anything is used: it may come
 * from anywhere.
 *
 * F16 and BF16 become f32; I8, I16, U16 become i32; I64, U32, U64 become i32 where every value
 * fits. The arrays are copies: changing them leaves `bytes` alone.
 *
 * @throws FormatError for a header that is not what the format asks for, tensors that overlap, leave
 *   holes or do not fill their bytes, duplicate names, dtypes that have no counterpart here.
 * @example
 * const { tensors, metadata } = readSafetensors(bytes, { source: 'model.safetensors' });
 * tensors.get('0.weight')?.shape;
 * @see https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(
  bytes: Uint8Array,
  options: SafetensorsReadOptions = {},
): Safetensors {
  const fail = (what: string): never => {
    throw new FormatError(
      `safetensors: ${options.source === undefined ? '' : `${options.source}: `}${what}`,
    );
  };
  const { header, dataStart } = readHeader(bytes, fail);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = readMetadata(value, fail);
    else entries.push(readEntry(name, value, fail));
  }
  checkLayout(entries, bytes.length - dataStart, fail);
  const tensors = new Map<string, NamedArray>();
  for (const { name, stored, shape, begin, end } of entries) {
    const own = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    try {
      tensors.set(name, { dtype: stored.dtype, shape, values: stored.read(own) });
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      fail(`tensor '${name}' ${error.message}`);
    }
  }
  return { tensors, metadata };
}

type Fail = (what: string) => never;

interface Entry {
  name: string;
  stored: Stored;
  shape: number[];
  begin: number;
  end: number;
}

function readHeader(bytes: Uint8Array, fail: Fail): { header: object; dataStart: number } {
  if (bytes.length < 8) {
    fail(
      `expected at least 8 bytes (the header's length), found ${bytes.length}; the file is truncated.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER) {
    fail(
      `the header claims ${length} bytes, the limit is ${MAX_HEADER}; this is no safetensors file.`,
    );
  }
  if (length > bytes.length - 8) {
    fail(
      `the header claims ${length} bytes, but only ${bytes.length - 8} follow; ` +
        'the file is truncated or no safetensors file.',
    );
  }
  if (bytes[8] !== 0x7b || length === 0) fail("the header does not begin with '{'.");
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (error) {
    return fail(`the header is not JSON (${(error as Error).message}).`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) fail(`the header holds ${show(twice)} twice.`);
  return { header: header as object, dataStart: 8 + length };
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isObject(value))
    return fail(`${METADATA} is ${show(value)}, expected an object of strings.`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      fail(`${METADATA} entry ${show(key)} is ${show(text)}, expected a string.`);
    }
  }
  return value as Record<string, string>;
}

function readEntry(rawName: string, value: unknown, fail: Fail): Entry {
  const name = rawName.length > 200 ? `${rawName.slice(0, 200)}…` : rawName;
  if (!isObject(value)) {
    return fail(`tensor '${name}' is ${show(value)}, expected dtype, shape and data_offsets.`);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  const stored =
    typeof dtype === 'string' && Object.hasOwn(STORED, dtype) ? STORED[dtype] : undefined;
  if (stored === undefined) {
    const known = Object.keys(STORED).join(', ');
    return fail(`tensor '${name}' has dtype ${show(dtype)}; readable are ${known}.`);
  }
  if (!Array.isArray(shape) || !shape.every((d) => isCount(d) && d <= MAX_EXTENT)) {
    return fail(
      `tensor '${name}' has shape ${show(shape)}, expected integers from 0 to ${MAX_EXTENT}.`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail(
      `tensor '${name}' has data_offsets ${show(offsets)}, expected two integers, begin and end.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) fail(`tensor '${name}' ends (${end}) before it begins (${begin}).`);
  const dims = shape as number[];
  const wanted = sizeOf(dims) * stored.bytes;
  if (wanted !== end - begin) {
    fail(
      `tensor '${name}' of dtype ${String(dtype)} and shape ${show(shape)} takes ${wanted} bytes, ` +
        `but its data_offsets [${begin}, ${end}] hold ${end - begin}.`,
    );
  }
  return { name: rawName, stored, shape: dims, begin, end };
}

/** The tensors, sorted by their offsets, must cover the data without a hole or an overlap. */
function checkLayout(entries: readonly Entry[], dataBytes: number, fail: Fail): void {
  let at = 0;
  let before = 'the start of the data';
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of sorted) {
    if (begin < at)
      fail(`tensor '${name}' begins at ${begin}, inside ${before}, which ends at ${at}.`);
    if (begin > at)
      fail(`${begin - at} bytes between ${before} and tensor '${name}' belong to none.`);
    if (end > dataBytes) {
      fail(
        `tensor '${name}' ends at byte ${end} of the data, but the file has ${dataBytes}; ` +
          'it is truncated.',
      );
    }
    at = end;
    before = `tensor '${name}'`;
  }
  if (at !== dataBytes) {
    fail(`expected ${at} bytes of data, found ${dataBytes}; the rest belongs to no tensor.`);
  }
}

/**
 * Writes a safetensors file that every reader of the format takes: tensors ordered by dtype,
 * wide ones first, then by name, the header padded with spaces to a multiple of 8, so
 * that each tensor is aligned. The same tensors give the same bytes.
 *
 * @param tensors names and arrays; a name may be anything but `__metadata__`.
 * @param metadata strings for the `__metadata__` entry.
 * @throws ArgumentError, ShapeError, DTypeError for arrays that contradict their declaration.
 * @example
 * writeSafetensors({ w: { dtype: 'f32', shape: [2], values: new Float32Array([1, 2]) } });
 */
export function writeSafetensors(
  tensors: NamedArrays,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const list = Symbol.iterator in tensors ? [...tensors] : Object.entries(tensors);
  list.sort(
    ([a, x], [b, y]) =>
      ORDER.indexOf(x.dtype) - ORDER.indexOf(y.dtype) || (a < b ? -1 : a > b ? 1 : 0),
  );
  const names = new Set<string>();
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"${METADATA}":${metadataJson(metadata)}`);
  let end = 0;
  for (const [name, array] of list) {
    checkWritable(name, array);
    if (names.size === names.add(name).size) {
      throw new ArgumentError(`safetensors: two tensors are named '${name}'; names are unique.`);
    }
    const begin = end;
    end += array.values.byteLength;
    fields.push(
      `${JSON.stringify(name)}:${JSON.stringify({
        dtype: WRITTEN[array.dtype],
        shape: array.shape,
        data_offsets: [begin, end],
      })}`,
    );
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(header.length / 8) * 8;
  const out = new Uint8Array(8 + length + end);
  new DataView(out.buffer).setUint32(0, length, true);
  out.set(header, 8);
  out.fill(0x20, 8 + header.length, 8 + length);
  let at = 8 + length;
  for (const [, { values }] of list) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return out;
}

function checkWritable(name: string, array: NamedArray): void {
  if (name === METADATA) {
    throw new ArgumentError(`safetensors: a tensor cannot be named '${METADATA}'; rename it.`);
  }
  checkText('tensor name', name);
  checkArray('safetensors', name, array);
  const i = array.dtype === 'bool' ? array.values.findIndex((v) => v > 1) : -1;
  if (i >= 0) {
    throw new ArgumentError(
      `safetensors: '${name}' holds ${array.values[i]!} at element ${i}; a bool is 0 or 1.`,
    );
  }
}

function metadataJson(metadata: Readonly<Record<string, string>>): string {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new ArgumentError(
        `safetensors: metadata '${key}' is ${show(value)}; the format takes strings only.`,
      );
    }
    checkText('metadata key', key);
    checkText('metadata value', value);
  }
  return JSON.stringify(metadata);
}

function checkText(what: string, text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new ArgumentError(
      `safetensors: the ${what} ${show(text)} holds half a character (a lone surrogate).`,
    );
  }
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

const isCount = (v: unknown): v is number =>
  Number.isSafeInteger(v) && (v as number) >= 0 && !Object.is(v, -0);

/** A value from the file, short enough for a sentence, however long or deep it is. */
function show(value: unknown, inside = false): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) {
    if (inside) return '[…]';
    const items = value.slice(0, 8).map((item) => show(item, true));
    return `[${items.join(',')}${value.length > 8 ? ',…' : ''}]`;
  }
  if (isObject(value)) return '{…}';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
