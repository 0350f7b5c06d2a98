import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { nearestName, type ArrayDataset, type LabelledImages } from '../../data/index.js';
import {
  DATASETS,
  findDataset,
  isFolderName,
  TABLES,
  TEXTS,
  type LoadOptions,
} from '../../data/node.js';
import { FAMILIES } from '../../train/index.js';
import type { ModelFamily } from '../model-family.js';
import { flagOf } from '../run-folder/command-line.js';
import { UsageError } from '../usage-error.js';
import { CORPUS_NAMES, isCorpusName, loadTextCorpus, type TextCorpus } from './text-corpus.js';
import { isSeriesName, loadSeriesRows, SERIES_NAMES, type SeriesRows } from './series-rows.js';
import { isTableFile, loadTableRows, type TableFlags, type TableRows } from './table-rows.js';
import { loadTextRows, type TextRows } from './text-rows.js';

/** What a model can be trained on. */
export type TrainingData = LabelledImages | TableRows | TextRows | TextCorpus | SeriesRows;

/** Values of the flags that choose it. */
export interface DataFlags extends TableFlags {
  /** The column of a file of rows that has the texts. */
  readonly text?: string;
  /** The column of a series that has the times. */
  readonly time?: string;
  readonly data: string;
  readonly dataDir?: string;
  /** Of images of a folder. */
  readonly imageSize?: number | readonly [number, number];
}

/** Names that `--data` takes. */
export const DATA_NAMES: readonly string[] = [
  ...DATASETS.keys(),
  ...TABLES.keys(),
  ...TEXTS.keys(),
  ...CORPUS_NAMES,
  ...SERIES_NAMES,
];

export function isTable(data: TrainingData): data is TableRows {
  return 'kind' in data && data.kind === 'table';
}

export function isImages(data: TrainingData): data is LabelledImages {
  return !('kind' in data);
}

/** Texts with a class each. */
export function isText(data: TrainingData): data is TextRows {
  return 'kind' in data && data.kind === 'text';
}

/** One series. */
export function isSeries(data: TrainingData): data is SeriesRows {
  return 'kind' in data && data.kind === 'series';
}

/** What a test part is divided from by flags. */
export function isDivided(data: TrainingData): data is TableRows | TextRows | SeriesRows {
  return isTable(data) || isText(data) || isSeries(data);
}

/** One running text. */
export function isCorpus(data: TrainingData): data is TextCorpus {
  return 'kind' in data && data.kind === 'corpus';
}

/**
 * Reads what flags ask for.
 *
 * @param seed Draws the test part of rows and texts that have none.
 * @param family What is to be trained.
 * @throws UsageError for a name that is not known and for flags that do not fit; FileError,
 *   FormatError.
 */
export async function loadTrainingData(
  { data, dataDir, imageSize, text, time, ...given }: DataFlags,
  seed: number,
  env: NodeJS.ProcessEnv,
  family: Pick<ModelFamily, 'name' | 'reads'>,
): Promise<TrainingData> {
  const { target, testFraction, missing, categorical, ignore } = given;
  const flags = { target, testFraction, missing, categorical, ignore };
  const present = Object.entries(flags).filter(([, value]) => value !== undefined);
  if (family.reads === 'series') {
    const { target, testFraction } = given;
    refuseOthers(family.name, 'a series', { ...given, imageSize, text });
    const own = Object.entries({ target, time, testFraction });
    const columns = Object.fromEntries(own.filter(([, value]) => value !== undefined));
    return loadSeriesRows(data, columns, { dataDir, env });
  }
  refuseSeries(family.name, data, time);
  if (family.reads === 'texts') {
    checkTextFlags(family.name, data, { ...given, imageSize });
    const { target, testFraction } = given;
    const texts = Object.entries({ text, target, testFraction });
    const own = Object.fromEntries(texts.filter(([, value]) => value !== undefined));
    return loadTextRows(data, own, seed, { dataDir, env });
  }
  refuseTexts(family.name, data, text);
  const isFolder =
    !hasRows(data) && !isCorpusName(data) && !DATASETS.has(data) && isFolderName(data);
  if (imageSize !== undefined && !isFolder) {
    throw new UsageError(
      `--image-size is for folders of images, and ${data} is none; leave it out.`,
    );
  }
  if (isCorpusName(data)) {
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

/** Throws for flags of other data, and for data that are no texts. */
function checkTextFlags(family: string, data: string, flags: OtherFlags): void {
  refuseOthers(family, 'texts', flags);
  if (!DATASETS.has(data) && !TABLES.has(data)) return;
  throw new UsageError(
    `${family} takes texts, and ${data} has ${TABLES.has(data) ? 'rows of a table' : 'images'}; give ` +
      `--data ${[...TEXTS.keys()].join(', ')}, a file of rows with a column of texts, or a folder of ` +
      '.txt files, a sub-folder a class.',
  );
}

type OtherFlags = Partial<
  Record<'missing' | 'categorical' | 'ignore' | 'imageSize' | 'text', unknown>
>;

/** Throws for flags that are not for what a family takes. */
function refuseOthers(
  family: string,
  takes: string,
  { missing, categorical, ignore, imageSize, text }: OtherFlags,
): void {
  const others = Object.entries({ missing, categorical, ignore, imageSize, text });
  const odd = others.find(([, value]) => value !== undefined);
  if (odd === undefined) return;
  throw new UsageError(
    `${flagOf(odd[0])} is for other data, and ${family} takes ${takes}; leave it out.`,
  );
}

/** Throws where a series is given to a family that does not take one. */
function refuseSeries(family: string, data: string, time: string | undefined): void {
  if (time === undefined && !isSeriesName(data)) return;
  const names = FAMILIES.filter(({ reads }) => reads === 'series').map(({ name }) => name);
  throw new UsageError(
    time === undefined
      ? `${data} is a series, and ${family} takes none; train ${names.join(', ')}.`
      : `--time is for series, and ${family} takes none; leave it out, or train ${names.join(', ')}.`,
  );
}

/** Throws where texts are given to a family that does not take them. */
function refuseTexts(family: string, data: string, text: string | undefined): void {
  const names = FAMILIES.filter(({ reads }) => reads === 'texts').map(({ name }) => name);
  if (text !== undefined) {
    throw new UsageError(
      `--text is for models of texts, and ${family} is none; leave it out, or train ${names.join(', ')}.`,
    );
  }
  if (!TEXTS.has(data)) return;
  throw new UsageError(
    `${data} has texts, and ${family} takes numbers; train ${names.join(', ')}.`,
  );
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
  if (isText(data)) {
    const { name, train } = data;
    const sum = crc32(JSON.stringify([train.texts, [...train.labels]]));
    return `${name}, ${train.texts.length} texts, ${hex(sum)}`;
  }
  if (isSeries(data)) {
    const { name, train } = data;
    return `${name}, ${train.length} values, ${hex(crc32(bytesOf(train)))}`;
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

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

/** SHA-256 of the test part as it is stored. */
export function testHash(data: TrainingData): string {
  if (isCorpus(data) || isSeries(data))
    return createHash('sha256').update(bytesOf(data.test)).digest('hex');
  if (isImages(data)) return hashOf(data.test);
  const content = isText(data)
    ? [data.test.texts, [...data.test.labels]]
    : [data.test.columns, data.test.rows];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
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
