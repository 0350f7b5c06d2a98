import path from 'node:path';
import { ArgumentError, FormatError } from '../../engine/core/errors.js';
import { readFile } from '../../io/node.js';
import { labelledTexts, type LabelledTexts } from '../labelled-texts.js';
import { nearestName } from '../nearest-name.js';
import { columnIndex } from '../table.js';
import { readLines } from '../text-lines.js';
import { openTextFolder } from './class-folder.js';
import { findDataFolder, type DataFolderOptions } from './data-folders.js';
import { loadCsv } from './load-csv.js';
import { findSource } from './sources.js';
import { verifyFile } from './verify-file.js';

/** Options of `NamedTexts.load`. */
export interface TextLoadOptions extends DataFolderOptions {
  /** Whether only the published files will do (by sha256); default true. */
  verify?: boolean | undefined;
}

/** A set of texts that can be named. */
export interface NamedTexts {
  readonly name: string;
  /** One line for a list. */
  readonly description: string;
  load(options?: TextLoadOptions): Promise<LabelledTexts>;
}

/** The texts and the names of their classes in the files of a set, in the order of the files. */
type Parse = (files: readonly Uint8Array[]) => [texts: string[], names: string[]];

const MR: Parse = ([negative, positive]) => {
  // Not UTF-8; and there are bytes that other readers take for ends of lines.
  const lines = [negative!, positive!].map((bytes) =>
    readLines(bytes, { source: 'mr-polarity', encoding: 'windows-1252' }),
  );
  const names = ['negative', 'positive'];
  return [lines.flat(), lines.flatMap((of, i) => of.map(() => names[i]!))];
};

const SMS: Parse = ([bytes]) => {
  const lines = readLines(bytes!, { source: 'sms-spam' });
  const rows = lines.map((line) => line.split('\t'));
  return [rows.map((row) => row.slice(1).join('\t')), rows.map((row) => row[0]!)];
};

/** The sets by name, in the order in which they are listed. */
export const TEXTS: ReadonlyMap<string, NamedTexts> = new Map(
  [
    named('mr-polarity', 'for or against, 10,662 sentences of film reviews', MR),
    named('sms-spam', 'spam or not, 5,574 text messages', SMS),
  ].map((set) => [set.name, set]),
);

/**
 * The set of texts called `name`.
 *
 * @throws ArgumentError where there is none, with the nearest name.
 * @example
 * const { texts, labels } = await findTexts('sms-spam').load({ dataDir: '../shared/data' });
 */
export function findTexts(name: string): NamedTexts {
  const found = TEXTS.get(name);
  if (found !== undefined) return found;
  const near = nearestName(name, TEXTS.keys());
  throw new ArgumentError(
    `there is no set of texts '${name}'; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `Known: ${[...TEXTS.keys()].join(', ')}.`,
  );
}

function named(name: string, description: string, parse: Parse): NamedTexts {
  return {
    name,
    description,
    async load({ verify = true, ...where } = {}) {
      const { folder, files } = findSource(name);
      const names = files.map((file) => file.name);
      const source = await findDataFolder(name, folder, names, where);
      const contents: Uint8Array[] = [];
      for (const { name: file, sha256, bytes } of files) {
        const full = path.join(source, file);
        contents.push(await readFile(full));
        if (verify) await verifyFile(name, full, { sha256: [sha256], maxBytes: bytes });
      }
      return labelledTexts(name, source, ...parse(contents));
    },
  };
}

/**
 * Texts in files, UTF-8, one sub-folder a class: .txt.
 *
 * @throws FileError where a folder or file cannot be read; FormatError where there are no sub-folders,
 *   one has no such files, or a file is not UTF-8.
 * @example
 * const { texts, classes } = await loadTextFolder('letters');
 */
export async function loadTextFolder(directory: string): Promise<LabelledTexts> {
  const folder = await openTextFolder(directory);
  const texts: string[] = [];
  for (let i = 0; i < folder.length; i++) texts.push(await folder.text(i));
  const names = Array.from(folder.labels(), (label) => folder.classes[label]!);
  return labelledTexts(directory, `${texts.length} files`, texts, names);
}

/** Which columns of a file hold the texts and the names of their classes. */
export interface TextColumns {
  readonly text: string;
  readonly label: string;
}

/**
 * Texts in rows of a CSV or TSV file, as `loadCsv` reads it.
 *
 * @throws FileError where it cannot be read; FormatError naming file and line where it is malformed or
 *   a row has no class; ArgumentError where there is no such column.
 * @example
 * const set = await loadTextTable('reviews.csv', { text: 'review', label: 'stars' });
 */
export async function loadTextTable(
  file: string,
  { text, label }: TextColumns,
): Promise<LabelledTexts> {
  const table = await loadCsv(file);
  const [texts, names] = [text, label].map((column) => {
    const at = columnIndex(table, column);
    return table.rows.map((row) => row[at]!);
  });
  const empty = names!.indexOf('');
  if (empty >= 0) {
    throw new FormatError(
      `${file}: row ${empty + 1} has nothing in column '${label}'; name its class, or leave it out.`,
    );
  }
  return labelledTexts(file, `${texts!.length} rows of a file`, texts!, names!);
}
