import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NativeError } from './native-error.js';

/**
 * Where compiled kernels are kept: `GRADUS_CACHE`, else the user's cache folder, else one under
 * the system's temporary folder. Whoever can write there can run code as us, so the folder must
 * be ours and closed to others.
 */
export function cacheFolder(): string {
  const asked = process.env['GRADUS_CACHE'];
  if (asked) {
    const folder = join(resolve(asked), 'native');
    const trouble = prepare(folder);
    if (trouble === undefined) return folder;
    throw new NativeError(
      `native: the cache folder ${folder} (GRADUS_CACHE) is unusable: ${trouble}; ` +
        'name a folder that you own and others cannot write to.',
    );
  }
  // Neither a home folder nor a name for the user is certain, as in a container.
  const home = process.env['HOME'];
  const caches = process.env['XDG_CACHE_HOME'] || (home ? join(home, '.cache') : undefined);
  const candidates = [
    ...(caches === undefined ? [] : [join(caches, 'gradus', 'native')]),
    join(tmpdir(), `gradus-${process.getuid?.() ?? 0}`, 'native'),
  ];
  const usable = candidates.find((folder) => prepare(folder) === undefined);
  return usable ?? (lastResort ??= mkdtempSync(join(tmpdir(), 'gradus-')));
}

/** A folder of this process alone, where no lasting one can be had. */
let lastResort: string | undefined;

/** Makes the folder where it is missing; says in a few words what is wrong with it, if anything. */
function prepare(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const path of [folder, resolve(folder, '..')]) {
      const is = lstatSync(path);
      if (!is.isDirectory()) return `${path} is not a folder`;
      if (process.getuid && is.uid !== process.getuid()) return `${path} belongs to another user`;
      if ((is.mode & 0o022) !== 0) return `others may write to ${path}`;
    }
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** The file of the object with this key, if it is there and as it was when stored. */
export function findObject(folder: string, key: string): string | undefined {
  const path = objectPath(folder, key);
  try {
    const stored = readFileSync(`${path}.sha256`, 'utf8');
    return stored === sha256(readFileSync(path)) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** A new name in the folder for the compiler to write to. */
export function temporaryPath(folder: string, key: string): string {
  return join(folder, `${key}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Gives a finished object its name, with its hash beside. Two processes may do so at once: each
 * rename is whole, and should object and hash come from different runs of the compiler, the next
 * reader compiles again.
 */
export function storeObject(folder: string, key: string, temporary: string): string {
  const path = objectPath(folder, key);
  const hash = `${temporary}.sha256`;
  writeFileSync(hash, sha256(readFileSync(temporary)), { mode: 0o600 });
  renameSync(temporary, path);
  renameSync(hash, `${path}.sha256`);
  return path;
}

function objectPath(folder: string, key: string): string {
  return join(folder, `${key}.node`);
}
