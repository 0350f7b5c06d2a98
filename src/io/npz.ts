import { unzipSync, zipSync, type Zippable } from 'fflate';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { crc32, entryChecksums } from './zip-checksums.js';
import type { NamedArray } from './named-array.js';
import { readNpy, writeNpy } from './npy.js';
import type { NamedArrays } from './safetensors.js';

/** Options of `readNpz`. */
export interface NpzReadOptions {
  /** Names the file in error messages. */
  source?: string;
  /** Bytes that all arrays together may take unpacked; default 2^30. */
  maxBytes?: number;
}

/** Options of `writeNpz`. */
export interface NpzWriteOptions {
  /** Deflates the arrays, as `numpy.savez_compressed` does; default false. */
  compress?: boolean;
}

/** Deflate cannot do better: 258 bytes for a little more than 2 bits. */
const MAX_RATIO = 1032;
const SUFFIX = '.npy';

/**
 * Reads a NumPy archive: a zip file with an array in .npy format for each name.
 *
 * @throws FormatError where the archive or an array in it is damaged or foreign, and where the arrays
 *   would take more than `maxBytes`: a small hostile file cannot fill the memory.
 * @example
 * const arrays = readNpz(bytes, { source: 'data.npz' });
 * arrays.get('x')?.shape;
 */
export function readNpz(bytes: Uint8Array, options: NpzReadOptions = {}): Map<string, NamedArray> {
  const { source, maxBytes = 2 ** 30 } = options;
  const prefix = source === undefined ? '' : `${source}: `;
  const fail = (what: string): never => {
    throw new FormatError(`npz: ${prefix}${what}`);
  };
  const checksums = new Map<string, number>();
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    const found = entryChecksums(bytes);
    files = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        const shown = JSON.stringify(name.slice(0, 100));
        if (checksums.has(name)) fail(`the archive holds ${shown} twice.`);
        if (!name.endsWith(SUFFIX)) fail(`${shown} in the archive is no ${SUFFIX} array.`);
        const checksum = found.next();
        if (checksum.done === true) return fail('the directory of the archive is damaged.');
        checksums.set(name, checksum.value);
        total += Math.max(size, originalSize);
        if (!(total <= maxBytes)) {
          fail(
            `the arrays up to ${shown} take ${total} bytes, the limit is ${maxBytes}; ` +
              'pass a larger maxBytes if the file can be trusted.',
          );
        }
        const most = compression === 0 ? size : size * MAX_RATIO + 64;
        if (size > bytes.length || originalSize > most) {
          fail(`${shown} claims ${originalSize} bytes from ${size} packed ones, which cannot be.`);
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    return fail(`the archive is damaged or no zip file (${(error as Error).message}).`);
  }
  const arrays = new Map<string, NamedArray>();
  for (const [name, checksum] of checksums) {
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (file === undefined || crc32(file) !== checksum) {
      return fail(`${JSON.stringify(name.slice(0, 100))} is damaged: its checksum is wrong.`);
    }
    const inner = `${source ?? 'npz'}: ${name.slice(0, 100)}`;
    arrays.set(name.slice(0, -SUFFIX.length), readNpy(file, { source: inner }));
  }
  return arrays;
}

/**
 * Writes a NumPy archive, in the order given; the same arrays give the same bytes.
 *
 * @throws ArgumentError for two arrays of one name, a name that cannot be a file's, and archives of
 *   4 GiB and more; ShapeError, DTypeError as `writeNpy` does.
 * @example
 * const bytes = writeNpz({ x, y }, { compress: true });
 */
export function writeNpz(
  arrays: NamedArrays,
  options: NpzWriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const list = Symbol.iterator in arrays ? [...arrays] : Object.entries(arrays);
  const files = Object.create(null) as Zippable;
  let total = 0;
  for (const [name, array] of list) {
    const file = `${name}${SUFFIX}`;
    // Whoever unpacks the archive must not be led out of the folder.
    if (name.length > 1000 || /^$|^\/|\\|\0|\.\.\/|\p{Surrogate}/u.test(name)) {
      throw new ArgumentError(
        `npz: ${JSON.stringify(name.slice(0, 100))} cannot name an array; use 1 to 1000 ` +
          'characters, no backslash, no / at the start and no ../.',
      );
    }
    if (file in files) throw new ArgumentError(`npz: two arrays are named '${name}'.`);
    const bytes = writeNpy(array);
    total += bytes.length + 6 * file.length + 200;
    if (total >= 2 ** 32 - 1) {
      throw new ArgumentError('npz: the arrays take 4 GiB or more; write several files.');
    }
    files[file] = bytes;
  }
  // The format stores local time; a fixed date keeps the bytes a function of the arrays.
  return zipSync(files, { level: options.compress === true ? 6 : 0, mtime: new Date(1980, 0, 1) });
}
