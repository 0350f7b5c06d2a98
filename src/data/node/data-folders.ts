import { stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { FormatError } from '../../engine/core/errors.js';

/** Where to look for a data set's files. */
export interface DataFolderOptions {
  /** A folder that holds the sets' folders (`--data-dir`); looked into before any other. */
  dataDir?: string | undefined;
  /** Instead of the process's own, for GRADUS_DATA, GRADUS_CACHE and XDG_CACHE_HOME. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Where fetched data sets are kept: `data` in GRADUS_CACHE, or in `gradus` of the user's cache folder
 * (XDG_CACHE_HOME or ~/.cache; LOCALAPPDATA on Windows), or of the system's temporary folder where
 * there is no home.
 */
export function dataCacheFolder(env: DataFolderOptions['env'] = process.env): string {
  const asked = env['GRADUS_CACHE'];
  if (asked) return path.join(path.resolve(asked), 'data');
  const home = env['HOME'] ?? homedir();
  const caches =
    env['XDG_CACHE_HOME'] ||
    (process.platform === 'win32' && env['LOCALAPPDATA']) ||
    (home && path.join(home, '.cache'));
  if (caches) return path.join(caches, 'gradus', 'data');
  return path.join(tmpdir(), `gradus-${process.getuid?.() ?? 0}`, 'data');
}

/**
 * The folder with a data set's files: the first of --data-dir, GRADUS_DATA and the cache that has it.
 * Each may hold a folder named after the set, or the files themselves.
 *
 * @param folder the set's folder among others; a list has the names that it may have.
 * @param files its files, under all their names; one of them tells the folder.
 * @throws FormatError where no place has it, and where --data-dir or GRADUS_DATA is no folder.
 */
export async function findDataFolder(
  set: string,
  folder: string | readonly string[],
  files: readonly string[],
  options: DataFolderOptions = {},
): Promise<string> {
  const env = options.env ?? process.env;
  const folders = typeof folder === 'string' ? [folder] : folder;
  const named = [options.dataDir, env['GRADUS_DATA']].filter(
    (dir) => dir !== undefined && dir !== '',
  );
  const looked: string[] = [];
  for (const root of new Set(named as string[])) {
    const kind = await kindOf(root);
    if (kind !== 'directory') {
      throw new FormatError(
        `${set}: the data directory ${root} ` +
          `${kind === 'missing' ? 'does not exist' : 'is no directory that can be read'}; ` +
          `pass --data-dir or set GRADUS_DATA to the folder that holds ${folders[0]}.`,
      );
    }
    looked.push(root);
  }
  looked.push(dataCacheFolder(env));
  for (const root of looked) {
    for (const place of [...folders.map((each) => path.join(root, each)), root]) {
      const kinds = await Promise.all(files.map((file) => kindOf(path.join(place, file))));
      if (kinds.some((kind) => kind !== 'missing')) return place;
    }
  }
  throw new FormatError(
    `${set}: its files are not in ${looked.join(' or ')}; run 'gradus data fetch ${set}'. ` +
      `Pass --data-dir or set GRADUS_DATA if a folder has them; the set digits needs no files.`,
  );
}

/** Anything that cannot be looked at for another reason than absence is left to the reader. */
export async function kindOf(file: string): Promise<'missing' | 'directory' | 'other'> {
  try {
    return (await stat(file)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'other';
  }
}
