import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { nearestName, type ArrayDataset, type LabelledImages } from '../../data/index.js';
import { DATASETS, findDataset, isFolderName, TABLES, type LoadOptions } from '../../data/node.js';
import { flagOf } from '../run-folder/command-line.js';
import { UsageError } from '../usage-error.js';
import { isText, loadTextCorpus, TEXT_NAMES, type TextCorpus } from './text-corpus.js';
import { isTableFile, loadTableRows, type TableFlags, type TableRows } from './table-rows.js';

/** What a model can be trained on. */
export type TrainingData = LabelledImages | TableRows | TextCorpus;

/** Values of the flags that choose it. */
export interface DataFlags extends TableFlags {
  readonly data: string;
  readonly dataDir?: string;
  /** Of images of a folder. */
  readonly imageSize?: number | readonly [number, number];
}

/** Names that `--data` takes. */
export const DATA_NAMES: readonly string[] = [...DATASETS.keys(), ...TABLES.keys(), ...TEXT_NAMES];

export function isTable(data: TrainingData): data is TableRows {
  return 'kind' in data && data.kind === 'table';
}

export function isCorpus(data: TrainingData): data is TextCorpus {
  return 'kind' in data && data.kind === 'text';
}

/**
 * Reads what flags ask for.
 *
 * @param seed Draws the test part of rows that have none.
 * @throws UsageError for a name that is not known and for flags that do not fit; FileError,
 *   FormatError.
 */
export async function loadTrainingData(
  { data, dataDir, imageSize, ...given }: DataFlags,
  seed: number,
  env: NodeJS.ProcessEnv,
): Promise<TrainingData> {
  const { target, testFraction, missing, categorical, ignore } = given;
  const flags = { target, testFraction, missing, categorical, ignore };
  const present = Object.entries(flags).filter(([, value]) => value !== undefined);
  const isFolder = !hasRows(data) && !isText(data) && !DATASETS.has(data) && isFolderName(data);
  if (imageSize !== undefined && !isFolder) {
    throw new UsageError(
      `--image-size is for folders of images, and ${data} is none; leave it out.`,
    );
  }
  if (isText(data)) {
    if (present.length > 0) {
      const flag = flagOf(present[0]![0]);
      throw new UsageError(`${flag} is for tables, and ${data} is a text; leave it out.`);
    }
    return loadTextCorpus(data, { dataDir, env });
  }
  if (hasRows(data)) {
    return loadTableRows(data, Object.fromEntries(present) as TableFlags, seed, { dataDir, env });
  }
  if ((DATASETS.has(data) || isFolder) && present.length > 0) {
    const flag = flagOf(present[0]![0]);
    throw new UsageError(`${flag} is for tables, and ${data} has images; leave it out.`);
  }
  const images = imageSize === undefined ? {} : { size: imageSize };
  return loadImages(data, { dataDir, env, images });
}

/** Whether a name or path is of a table. */
export function hasRows(data: string): boolean {
  return isTableFile(data) || TABLES.has(data);
}

/**
 * The images of a name.
 *
 * @throws UsageError where there are none, with the nearest name of all.
 */
export async function loadImages(name: string, where: LoadOptions): Promise<LabelledImages> {
  if (DATASETS.has(name) || isFolderName(name)) return findDataset(name).load(where);
  const near = nearestName(name, DATA_NAMES);
  throw new UsageError(
    `there is no data set '${name}'; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `Known: ${DATA_NAMES.join(', ')}, files of rows that end in .csv or .tsv, texts that end in .txt, and ` +
      'folders of images.',
  );
}

/** Name, number and checksum of the samples to train on. */
export function fingerprint(data: TrainingData): string {
  if (isTable(data)) {
    const { name, train } = data;
    const sum = crc32(JSON.stringify([train.columns, train.rows]));
    return `${name}, ${train.rows.length} rows, ${hex(sum)}`;
  }
  if (isCorpus(data)) {
    const { name, train } = data;
    return `${name}, ${train.length} symbols, ${hex(crc32(bytesOf(train)))}`;
  }
  const { name, train } = data;
  const sums = train.names.map((column) => {
    const { values } = train.column(column);
    return hex(crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  });
  return `${name}, ${train.length} samples, ${sums.join('-')}`;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

/** SHA-256 of the test part as it is stored. */
export function testHash(data: TrainingData): string {
  if (isCorpus(data)) return createHash('sha256').update(bytesOf(data.test)).digest('hex');
  if (!isTable(data)) return hashOf(data.test);
  const { columns, rows } = data.test;
  return createHash('sha256')
    .update(JSON.stringify([columns, rows]))
    .digest('hex');
}

/** SHA-256 of a set's labels and inputs as they are stored. */
function hashOf(set: ArrayDataset<'x' | 'y'>): string {
  const hash = createHash('sha256');
  for (const name of ['y', 'x'] as const) {
    const { dtype, shape, values } = set.column(name);
    hash.update(`${name} ${dtype} ${shape.join('x')}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
