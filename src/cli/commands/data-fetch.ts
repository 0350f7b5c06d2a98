import path from 'node:path';
import type { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import {
  DATA_SOURCES,
  DATASETS,
  fetchDataset,
  findDataFolder,
  findSource,
  type FetchedDataset,
  type FetchOptions,
  type FetchProgress,
} from '../../data/node.js';
import { interruptible, InterruptError } from '../interrupt.js';
import { printError, printLine, type Io } from '../io.js';
import { suggestion } from '../parse-values.js';
import { progressBar } from '../progress-bar.js';
import { UsageError } from '../usage-error.js';

/** Without a terminal: milliseconds between lines within a file. */
const PLAIN_INTERVAL = 10_000;

const EXAMPLES = `
Examples:
  $ gradus data fetch fashion-mnist
  $ gradus data fetch iris --cache-dir data && gradus data list --data-dir data

Ctrl-C keeps what has arrived, and the same command goes on from there.`;

/** Values of the flags of `gradus data fetch`. */
export interface FetchFlags {
  readonly cacheDir?: string;
  readonly json?: boolean;
}

/** What of a download `fetchData` leaves to its caller. */
export type FetchManner = Pick<FetchOptions, 'signal' | 'retries' | 'backoffMs' | 'stallMs'>;

/** `gradus data fetch NAME`. */
export function dataFetchCommand(io: Io): Command {
  return new Command('fetch')
    .summary('download a data set')
    .description(
      'Downloads a data set from its publisher into the cache, where the loaders find it. Every ' +
        'file is checked by length and sha256.',
    )
    .argument('<name>', 'a set that `gradus data list` names')
    .option('--cache-dir <dir>', "folder for the sets' folders (default: the cache)")
    .option('--json', 'one JSON object, and nothing else, on stdout')
    .addHelpText('after', EXAMPLES)
    .action((name: string, flags: FetchFlags) =>
      interruptible((signal) => fetchData(name, flags, io, { signal })),
    );
}

/**
 * Fetches a set, shows how far it is, and says where it is then.
 *
 * @throws UsageError for a name that is not known, InterruptError where the signal fires, otherwise as
 *   `fetchDataset`.
 */
export async function fetchData(
  name: string,
  { cacheDir, json = false }: FetchFlags,
  io: Io,
  manner: FetchManner = {},
): Promise<void> {
  if (cacheDir === '') throw new UsageError("--cache-dir is ''; give the path of a folder.");
  if (!DATA_SOURCES.has(name)) {
    tellWithoutFiles(name, json, io);
    return;
  }
  const display = json ? undefined : createFetchDisplay(name, io);
  const untouched = new Set<string>();
  const begun = new Set<string>();
  const onProgress = (progress: FetchProgress): void => {
    const { file, received, bytes } = progress;
    // A download begins with less than there is to get.
    if (!begun.has(file) && received === bytes) untouched.add(file);
    begun.add(file);
    if (!untouched.has(file)) display?.show(progress);
  };
  const baseUrl = mirrorOf(io);
  let fetched: FetchedDataset;
  try {
    fetched = await fetchDataset(name, {
      ...manner,
      cacheDir,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      env: io.env,
      onProgress,
    });
  } catch (error) {
    if (manner.signal?.aborted !== true || error !== manner.signal.reason) throw error;
    throw new InterruptError(
      `data fetch ${name}: interrupted; what has arrived is kept, the same command goes on from ` +
        'there.',
      { cause: error },
    );
  } finally {
    display?.close();
  }
  printFetched(name, fetched, untouched, { cacheDir, json }, io);
  if (cacheDir === undefined) await warnOfOther(name, fetched, io);
}

/** A set that is generated needs nothing; any other name is a slip. */
function tellWithoutFiles(name: string, json: boolean, io: Io): void {
  if (!DATASETS.has(name)) {
    const names = new Set([...DATASETS.keys(), ...DATA_SOURCES.keys()]);
    throw new UsageError(`there is no data set '${name}'${suggestion(name, [...names])}`);
  }
  if (json) printLine(io, JSON.stringify({ name, directory: null, files: [] }));
  else printLine(io, `${name} needs no files: it is generated when it is used.`);
}

/** The mirror in GRADUS_DATA_MIRROR, if any. */
function mirrorOf({ env }: Io): string | undefined {
  const url = env['GRADUS_DATA_MIRROR'];
  if (url === undefined || url === '') return undefined;
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url;
  throw new UsageError(
    `GRADUS_DATA_MIRROR is '${url}'; give an address that begins with https:// or http://.`,
  );
}

function printFetched(
  name: string,
  { directory }: FetchedDataset,
  untouched: ReadonlySet<string>,
  { cacheDir, json }: { cacheDir: string | undefined; json: boolean },
  io: Io,
): void {
  const { files, licence, home } = findSource(name);
  if (json) {
    const list = files.map(({ name: file, bytes }) => {
      return { name: file, bytes, fetched: !untouched.has(file) };
    });
    printLine(io, JSON.stringify({ name, directory, licence, home, files: list }));
    return;
  }
  const number = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const bytes = byteSize(files.reduce((sum, file) => sum + file.bytes, 0));
  const what = untouched.size === files.length ? 'already there' : 'fetched';
  printLine(io, `${name}: ${what}, ${number}, ${bytes}, sha256 right, in ${directory}`);
  printLine(io, `licence: ${licence}; ${home}`);
  if (cacheDir !== undefined) printLine(io, `Commands find it with --data-dir ${cacheDir}.`);
}

/** Says so where the loaders would not take the files from where they are now. */
async function warnOfOther(name: string, { directory }: FetchedDataset, io: Io): Promise<void> {
  const { folder, files } = findSource(name);
  const names = files.flatMap((file) => namesOf(file.name));
  const first = await findDataFolder(name, folder, names, { env: io.env }).catch(() => directory);
  if (path.resolve(first) === path.resolve(directory)) return;
  printError(io, `note: ${first} (GRADUS_DATA) has files of this set, too, and comes first.`);
}

/** A file may be packed, or not, whatever its publisher does. */
export function namesOf(file: string): string[] {
  return [file, file.endsWith('.gz') ? file.slice(0, -'.gz'.length) : `${file}.gz`];
}

/** A number of bytes as '4.5 kB' or '30.9 MB'. */
export function byteSize(bytes: number): string {
  if (bytes < 999.5) return `${bytes} B`;
  const kilo = bytes < 999_950;
  return `${(bytes / (kilo ? 1e3 : 1e6)).toFixed(1)} ${kilo ? 'kB' : 'MB'}`;
}

interface FetchDisplay {
  show(progress: FetchProgress): void;
  close(): void;
}

function createFetchDisplay(name: string, io: Io): FetchDisplay {
  return io.stderr.isTTY === true ? new BarDisplay(name, io) : new PlainDisplay(io);
}

/** One line for the whole set, drawn over and over. */
class BarDisplay implements FetchDisplay {
  private bar: SingleBar | undefined;

  constructor(
    private readonly name: string,
    private readonly io: Io,
  ) {}

  show({ file, fileIndex, received }: FetchProgress): void {
    const { files } = findSource(this.name);
    const before = files.slice(0, fileIndex).reduce((sum, { bytes }) => sum + bytes, 0);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.bar ??= this.start(total, before + received);
    this.bar.update(before + received, { file, got: byteSize(before + received) });
  }

  private start(total: number, got: number): SingleBar {
    const format = (bar: string): string =>
      `${this.name}${bar}  {got} of ${byteSize(total)}  {file}`;
    const bar = progressBar(this.io, 56, format);
    bar.start(total, got, { file: '', got: byteSize(got) });
    return bar;
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** Whole lines only: one where a file begins, and now and then one in between. */
class PlainDisplay implements FetchDisplay {
  private file = '';
  private shown = 0;

  constructor(private readonly io: Io) {}

  show({ dataset, file, fileIndex, files, received, bytes }: FetchProgress): void {
    const now = Date.now();
    if (file === this.file && now - this.shown < PLAIN_INTERVAL) return;
    const begins = file !== this.file;
    this.file = file;
    this.shown = now;
    const part = begins && received === 0 ? '' : `${byteSize(received)} of `;
    printError(
      this.io,
      `${dataset}: file ${fileIndex + 1} of ${files}, ${file}, ${part}${byteSize(bytes)}`,
    );
  }

  close(): void {}
}
