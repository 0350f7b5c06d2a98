import path from 'node:path';
import { ArgumentError } from '../../engine/core/errors.js';
import { dataCacheFolder, type DataFolderOptions } from './data-folders.js';
import type { DataSource, SourceFile } from './data-source.js';
import { FetchError } from './fetch-error.js';
import { fetchFile } from './fetch-file.js';
import type { FetchFileOptions } from './fetch-request.js';
import { findSource } from './sources.js';

/** How far a download has come. */
export interface FetchProgress {
  readonly dataset: string;
  readonly file: string;
  /** Of `files`, counted from 0. */
  readonly fileIndex: number;
  readonly files: number;
  /** Of this file. */
  readonly received: number;
  readonly bytes: number;
}

/** Options of `fetchDataset`. */
export interface FetchOptions extends Omit<FetchFileOptions, 'onProgress'> {
  /** Folder for the sets' folders; default the cache that the loaders look into. */
  cacheDir?: string | undefined;
  /** A mirror with the files under `BASE/FOLDER/FILE`, instead of the publishers' addresses. */
  baseUrl?: string | undefined;
  onProgress?: (progress: FetchProgress) => void;
  env?: DataFolderOptions['env'];
}

/** A data set on disk. */
export interface FetchedDataset {
  readonly directory: string;
  /** Paths, in the order of the source. */
  readonly files: readonly string[];
}

/** Downloads under way in this process, by path; each tells all who wait for it. */
const underWay = new Map<string, { done: Promise<void>; listeners: ((n: number) => void)[] }>();

/**
 * Fetches a data set from where its publisher has it into the cache, checked by length and sha256.
 * Files that are there already are only checked. Interrupted downloads are gone on with.
 *
 * @throws FetchError where a server fails or the set cannot be fetched, saying what to do instead;
 *   FileError where the disk fails; ArgumentError for a name that is not known.
 * @example
 * await fetchDataset('fashion-mnist', { onProgress: ({ file, received }) => console.log(file, received) });
 */
export async function fetchDataset(
  name: string,
  options: FetchOptions = {},
): Promise<FetchedDataset> {
  const source = findSource(name);
  const { cacheDir = dataCacheFolder(options.env), baseUrl, onProgress, ...rest } = options;
  const directory = path.join(cacheDir, source.folder);
  if (source.manual !== undefined && baseUrl === undefined) throw notFetched(source, directory);
  const files: string[] = [];
  for (const [fileIndex, file] of source.files.entries()) {
    const target = path.join(directory, file.name);
    const wanted =
      baseUrl === undefined ? file : { ...file, urls: [mirror(baseUrl, source, file)] };
    const tell = (received: number): void =>
      onProgress?.({
        dataset: name,
        file: file.name,
        fileIndex,
        files: source.files.length,
        received,
        bytes: file.bytes,
      });
    try {
      await fetchOnce(target, wanted, rest, tell);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      throw new FetchError(
        `${name}: ${error.message}; try again later, put ${listFiles(source)} from ${source.home} ` +
          `into ${directory}, or pass --data-dir.`,
        { cause: error },
      );
    }
    files.push(target);
  }
  return { directory, files };
}

/** Two who want the same file at once share one download. */
async function fetchOnce(
  target: string,
  file: SourceFile,
  options: FetchFileOptions,
  tell: (received: number) => void,
): Promise<void> {
  const key = path.resolve(target);
  for (;;) {
    options.signal?.throwIfAborted();
    const other = underWay.get(key);
    if (other === undefined) break;
    other.listeners.push(tell);
    // Its failure is not ours: we try ourselves.
    await other.done.catch(() => undefined);
  }
  const listeners = [tell];
  const onProgress = (received: number): void => listeners.forEach((listen) => listen(received));
  const done = fetchFile(target, file, { ...options, onProgress });
  underWay.set(key, { done, listeners });
  try {
    await done;
  } finally {
    underWay.delete(key);
  }
}

function mirror(baseUrl: string, { folder }: DataSource, { name }: SourceFile): string {
  if (!/^https?:\/\/[^/]/.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new ArgumentError(
      `fetchDataset: baseUrl is '${baseUrl}'; give an address that begins with https:// or http://.`,
    );
  }
  return `${baseUrl.replace(/\/+$/, '')}/${folder}/${name}`;
}

function notFetched(source: DataSource, directory: string): FetchError {
  return new FetchError(
    `${source.name}: ${source.manual}; put ${listFiles(source)} into ${directory}, or pass ` +
      `--data-dir with a folder that has them (the publisher's page: ${source.home}).`,
  );
}

function listFiles({ files }: DataSource): string {
  const names = files.slice(0, 4).map(({ name }) => name);
  const rest = files.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
