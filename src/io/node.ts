/** Files in the formats of `gradus/io`, read whole and written all or nothing. Node only. */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { readCifar, type CifarImages, type CifarReadOptions } from './cifar.js';
import { readIdx } from './idx.js';
import { decodeImage, type DecodeImageOptions } from './image.js';
import type { NamedArray } from './named-array.js';
import { readFailure, writeFailure } from './node/file-error.js';
import { readNpy, writeNpy } from './npy.js';
import { readNpz, writeNpz, type NpzReadOptions, type NpzWriteOptions } from './npz.js';
import {
  readSafetensors,
  writeSafetensors,
  type NamedArrays,
  type Safetensors,
} from './safetensors.js';

export { FileError } from './node/file-error.js';

/**
 * The bytes of a regular file.
 *
 * @throws FileError, naming the path, where the file is missing, is a directory or a device, or may
 *   not be read.
 */
export async function readFile(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Without O_NONBLOCK, opening a named pipe that nobody writes to waits for ever.
    const handle = await fs.open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) {
        const code = stat.isDirectory() ? 'EISDIR' : 'EINVAL';
        throw Object.assign(new Error('it is not a regular file'), { code });
      }
      const buffer = await handle.readFile();
      return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readFailure(file, error);
  }
}

/**
 * Writes a file so that at any moment, power loss included, the path holds either the whole old
 * content or the whole new one: a temporary name in the same directory, fsync, rename. A symbolic
 * link is followed, and the mode of an existing file is kept.
 *
 * @throws FileError, naming the path; the temporary file is then removed, the old content untouched.
 */
export async function writeFileAtomic(file: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await fs.realpath(file).catch(() => file);
    const old = await fs.stat(target).catch(() => undefined);
    if (old?.isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR' });
    const random = Math.random().toString(36).slice(2, 10);
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target).slice(0, 200)}.${process.pid}.${random}.tmp`,
    );
    try {
      await writeAndSync(temporary, bytes, old?.mode);
      await fs.rename(temporary, target);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(path.dirname(target));
  } catch (error) {
    throw writeFailure(file, error);
  }
}

async function writeAndSync(file: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    if (mode !== undefined) await handle.chmod(mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable, where the system lets a directory be opened. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await fs.open(directory, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/**
 * Reads a safetensors file.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is malformed.
 * @example
 * const { tensors, metadata } = await loadSafetensors('model.safetensors');
 */
export async function loadSafetensors(file: string): Promise<Safetensors> {
  return readSafetensors(await readFile(file), { source: file });
}

/**
 * Writes a safetensors file, all or nothing (`writeFileAtomic`).
 *
 * @throws FileError where it cannot be written.
 * @example
 * await saveSafetensors('model.safetensors', tensors, { model: 'mlp' });
 */
export async function saveSafetensors(
  file: string,
  tensors: NamedArrays,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(file, writeSafetensors(tensors, metadata));
}

/**
 * Reads an idx file, packed with gzip or not.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is malformed.
 */
export async function loadIdx(file: string): Promise<NamedArray> {
  return readIdx(await readFile(file), { source: file });
}

/**
 * Reads a file of CIFAR-10 or CIFAR-100 (the binary version), packed with gzip or not.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is malformed.
 */
export async function loadCifar(
  file: string,
  options: Omit<CifarReadOptions, 'source'> = {},
): Promise<CifarImages> {
  return readCifar(await readFile(file), { ...options, source: file });
}

/**
 * Reads a PNG or JPEG image: u8 `[C, H, W]`.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is no such image,
 *   cut off or damaged.
 */
export async function loadImage(
  file: string,
  options: Omit<DecodeImageOptions, 'source'> = {},
): Promise<NamedArray> {
  return decodeImage(await readFile(file), { ...options, source: file });
}

/**
 * Reads a NumPy array file (.npy).
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is malformed.
 */
export async function loadNpy(file: string): Promise<NamedArray> {
  return readNpy(await readFile(file), { source: file });
}

/** Writes a NumPy array file, all or nothing (`writeFileAtomic`). */
export async function saveNpy(file: string, array: NamedArray): Promise<void> {
  await writeFileAtomic(file, writeNpy(array));
}

/**
 * Reads a NumPy archive (.npz): arrays by name.
 *
 * @throws FileError where it cannot be read, FormatError (naming the path) where it is malformed.
 */
export async function loadNpz(
  file: string,
  options: Omit<NpzReadOptions, 'source'> = {},
): Promise<Map<string, NamedArray>> {
  return readNpz(await readFile(file), { ...options, source: file });
}

/** Writes a NumPy archive, all or nothing (`writeFileAtomic`). */
export async function saveNpz(
  file: string,
  arrays: NamedArrays,
  options: NpzWriteOptions = {},
): Promise<void> {
  await writeFileAtomic(file, writeNpz(arrays, options));
}
