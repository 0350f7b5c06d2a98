import { FormatError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/named-array.js';
import { readSafetensors, writeSafetensors } from '../io/safetensors.js';
import { crc32 } from '../io/zip-checksums.js';
import { plainStateOf, type PlainState } from './plain-state.js';
import type { TrainingState } from './training-state.js';

/** What a checkpoint file holds. */
export interface Checkpoint {
  readonly state: TrainingState;
  /** What `encodeCheckpoint` was given besides. */
  readonly metadata: Readonly<Record<string, string>>;
}

const VERSION = '1';
/** Entries of the file's metadata besides those of the caller. */
const KEYS = {
  version: 'gradus.checkpoint',
  state: 'gradus.state',
  checksum: 'gradus.checksum',
} as const;

/**
 * A state as the bytes of a safetensors file: the arrays as they are, the rest as JSON in the
 * metadata, and a checksum over both.
 *
 * @param metadata Entries of the caller's own; names that begin with 'gradus.' are taken.
 */
export function encodeCheckpoint(
  state: TrainingState,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const { arrays, ...plain } = state;
  const text = JSON.stringify(plain);
  return writeSafetensors(arrays, {
    ...metadata,
    [KEYS.version]: VERSION,
    [KEYS.state]: text,
    [KEYS.checksum]: checksum(Object.entries(arrays), text, metadata),
  });
}

/**
 * Reads what `encodeCheckpoint` wrote. Everything is checked: the file may come from anywhere.
 *
 * @throws FormatError for a file that is truncated, damaged, of another version or no checkpoint.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  options: { readonly source?: string } = {},
): Checkpoint {
  const { source = 'the checkpoint' } = options;
  const fail = (what: string): never => {
    throw new FormatError(`${source}: ${what}`);
  };
  const { tensors, metadata: all } = readSafetensors(bytes, options);
  const {
    [KEYS.version]: version,
    [KEYS.state]: text,
    [KEYS.checksum]: found,
    ...metadata
  } = all as Record<string, string | undefined>;
  if (version === undefined || text === undefined) {
    return fail('it is a safetensors file, but no checkpoint; give one that training has written.');
  }
  if (version !== VERSION) {
    fail(`it is a checkpoint of format ${version.slice(0, 20)}, readable is ${VERSION}.`);
  }
  const own = metadata as Record<string, string>;
  if (checksum([...tensors], text, own) !== found) {
    fail('it is damaged: its checksum differs; use the one before it.');
  }
  const plain: PlainState = plainStateOf(parsed(text, fail), fail);
  return { state: { ...plain, arrays: Object.fromEntries(tensors) }, metadata: own };
}

function parsed(text: string, fail: (what: string) => never): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`its state is no JSON (${(error as Error).message}).`);
  }
}

/** The CRC-32 of all that a checkpoint holds, in whatever order. */
function checksum(
  arrays: readonly (readonly [string, NamedArray])[],
  state: string,
  metadata: Readonly<Record<string, string>>,
): string {
  const entries = arrays.map(([name, { dtype, shape, values }]) => [
    name,
    dtype,
    shape.join('x'),
    crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
  const lines = [...entries, ...Object.entries(metadata)].map((entry) => JSON.stringify(entry));
  const whole = [...lines.sort(), state].join('\n');
  return crc32(new TextEncoder().encode(whole)).toString(16).padStart(8, '0');
}
