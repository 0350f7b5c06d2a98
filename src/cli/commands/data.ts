import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import {
  DATA_SOURCES,
  DATASETS,
  findDataFolder,
  TABLES,
  TEXTS,
  type DataSource,
} from '../../data/node.js';
import { FormatError } from '../../engine/core/errors.js';
import { paint, printLine, type Io } from '../io.js';
import { byteSize, dataFetchCommand, namesOf } from './data-fetch.js';

/** Tasks of the sets that no loader describes yet. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  tinyshakespeare: "next character, 1.1 million characters of Shakespeare's plays",
  'graphs-MUTAG': 'mutagenic or not, 188 molecules as graphs, ten folds',
  'graphs-IMDBBINARY': "action or romance, 1,000 graphs of actors' collaborations, ten folds",
  'planetoid-cora': 'seven subjects of 2,708 papers that cite each other',
  'karate-club': 'two parties of a club, 34 members and their friendships',
  'musae-facebook': 'four kinds of 22,470 pages that like each other',
  timeseries: 'next value: airline passengers, sunspots, temperatures',
};

const TASKS: Readonly<Record<string, string>> = {
  digits: 'image classification',
  'fashion-mnist': 'image classification',
  cifar10: 'image classification',
  scenes: 'segmentation',
  'sms-spam': 'text classification',
  'mr-polarity': 'text classification',
  tinyshakespeare: 'language model',
  'graphs-MUTAG': 'graph classification',
  'graphs-IMDBBINARY': 'graph classification',
  'planetoid-cora': 'node classification',
  'karate-club': 'node classification',
  'musae-facebook': 'node classification',
  timeseries: 'forecasting',
};

/** How a set is loaded, which is how the list is divided. */
const USES = {
  train: 'For gradus train --data NAME:',
  table: "Tables, for findTable(NAME) of 'gradus/data/node':",
  files: 'Files without a loader of their own:',
} as const;

/** Where a set's files are. */
interface Found {
  /** Which place has them. */
  readonly by: '--data-dir' | 'GRADUS_DATA' | 'cache';
  readonly directory: string;
  /** Files that are not there. */
  readonly missing: readonly string[];
}

/** A line of the list. */
interface Listed {
  readonly name: string;
  readonly use: keyof typeof USES;
  readonly task: string;
  readonly description: string;
  readonly needsFiles: boolean;
  readonly source: DataSource | undefined;
  readonly found: Found | undefined;
}

interface ListFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const LIST_EXAMPLES = `
Examples:
  $ gradus data list
  $ gradus data list --data-dir ../shared/data --json`;

/** `gradus data list` and `gradus data fetch`. */
export function dataCommand(io: Io): Command {
  const command = new Command('data').summary('data sets').description('Data sets.');
  command
    .command('list')
    .summary('list the data sets')
    .description('Lists the data sets, and for each where its files are or how to get them.')
    .option('--data-dir <dir>', 'folder that holds those of data sets (default: $GRADUS_DATA)')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', LIST_EXAMPLES)
    .action((flags: ListFlags) => list(flags, io));
  command.addCommand(dataFetchCommand(io));
  return command;
}

async function list({ dataDir, json }: ListFlags, io: Io): Promise<void> {
  await checkFolder('--data-dir', dataDir);
  await checkFolder('GRADUS_DATA', io.env['GRADUS_DATA']);
  const names = new Set([
    ...DATASETS.keys(),
    ...TEXTS.keys(),
    ...TABLES.keys(),
    ...DATA_SOURCES.keys(),
  ]);
  const sets = await Promise.all([...names].map((name) => listed(name, dataDir, io)));
  if (json) {
    for (const set of sets) printLine(io, JSON.stringify(jsonOf(set)));
    return;
  }
  const width = Math.max(...sets.map(({ name }) => name.length));
  for (const [i, [use, heading]] of Object.entries(USES).entries()) {
    if (i > 0) printLine(io);
    printLine(io, paint(io, 'bold', heading));
    for (const set of sets.filter((each) => each.use === use)) {
      const { name, task, description } = set;
      printLine(io, `${name.padEnd(width)}   ${sizeOf(set).padStart(9)}   ${where(set)}`);
      printLine(io, paint(io, 'dim', `  ${task}: ${description}`));
    }
  }
}

async function listed(name: string, dataDir: string | undefined, io: Io): Promise<Listed> {
  const [table, source] = [TABLES.get(name), DATA_SOURCES.get(name)];
  const [images, texts] = [DATASETS.get(name), TEXTS.get(name)];
  const set = images ?? texts;
  return {
    name,
    use: set !== undefined ? 'train' : table !== undefined ? 'table' : 'files',
    task: TASKS[name] ?? (table === undefined ? 'other' : `table ${table.task}`),
    description: (set ?? table)?.description ?? DESCRIPTIONS[name] ?? 'files',
    needsFiles: images?.needsFiles ?? true,
    source,
    found: source && (await find(source, dataDir, io)),
  };
}

/** Where a loader would find the set. */
async function find(
  { name, folder, files }: DataSource,
  dataDir: string | undefined,
  { env }: Io,
): Promise<Found | undefined> {
  const all = files.flatMap((file) => namesOf(file.name));
  const directory = await findDataFolder(name, folder, all, { dataDir, env }).catch(
    (error: unknown) => {
      if (error instanceof FormatError) return undefined;
      throw error;
    },
  );
  if (directory === undefined) return undefined;
  const isRoot = (root: string | undefined): boolean =>
    root !== undefined && [root, path.join(root, folder)].includes(directory);
  const present = await Promise.all(
    files.map(async (file) => {
      const there = namesOf(file.name).map((each) => isFile(path.join(directory, each)));
      return (await Promise.all(there)).includes(true);
    }),
  );
  return {
    by: isRoot(dataDir) ? '--data-dir' : isRoot(env['GRADUS_DATA']) ? 'GRADUS_DATA' : 'cache',
    directory,
    missing: files.filter((_, i) => !present[i]).map((file) => file.name),
  };
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

async function checkFolder(flag: string, folder: string | undefined): Promise<void> {
  if (folder === undefined || folder === '') return;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new FormatError(
    `data list: the data directory ${folder} (${flag}) is no directory that can be read; name the ` +
      `folder that holds those of data sets${dataDirHint(flag)}.`,
  );
}

const dataDirHint = (flag: string): string =>
  flag === 'GRADUS_DATA' ? ', or unset GRADUS_DATA' : '';

function bytesOf({ source }: Listed): number | null {
  return source?.files.reduce((sum, file) => sum + file.bytes, 0) ?? null;
}

function sizeOf(set: Listed): string {
  const bytes = bytesOf(set);
  return bytes === null ? '' : byteSize(bytes);
}

/** Where it is, or how to get it. */
function where({ name, source, found }: Listed): string {
  if (source === undefined) return 'embedded, needs no files';
  const get =
    source.manual === undefined
      ? `gradus data fetch ${name}`
      : `by hand from ${source.home} (${source.manual})`;
  if (found === undefined) return source.manual === undefined ? `not here: ${get}` : get;
  const place = `${found.by}: ${found.directory}`;
  if (found.missing.length === 0) return place;
  return `${place}, but ${found.missing.join(', ')} missing: ${get}`;
}

function jsonOf(set: Listed): object {
  const { name, use, task, description, needsFiles, source, found } = set;
  return {
    name,
    use,
    task,
    description,
    needsFiles,
    bytes: bytesOf(set),
    found: found ?? (needsFiles ? null : { by: 'embedded', directory: null, missing: [] }),
    fetch: source !== undefined && source.manual === undefined,
    manual: source?.manual ?? null,
    licence: source?.licence ?? null,
    home: source?.home ?? null,
  };
}
