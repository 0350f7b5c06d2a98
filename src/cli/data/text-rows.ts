import { selectTexts, type LabelledTexts } from '../../data/index.js';
import { isFolderName, loadTextFolder, loadTextTable, TEXTS, loadCsv } from '../../data/node.js';
import { UsageError } from '../usage-error.js';
import { stratifiedParts } from './stratified-parts.js';
import { isTableFile, type Where } from './table-rows.js';

/** Values of the flags for texts. */
export interface TextFlags {
  readonly text?: string;
  readonly target?: string;
  readonly testFraction?: number;
}

/** Texts with classes. They are not numbers yet: a vocabulary is learnt from those that are trained on. */
export interface TextRows {
  readonly kind: 'text';
  readonly name: string;
  /** Where the texts came from, for a person to read. */
  readonly source: string;
  readonly classes: readonly string[];
  /** All texts. */
  readonly whole: LabelledTexts;
  /** To train on and to validate on. */
  readonly train: LabelledTexts;
  readonly test: LabelledTexts;
  /** Share of the texts that are the test part. */
  readonly testFraction: number;
  /** The flags that were given. */
  readonly flags: TextFlags;
}

/** Share of the texts to test on. */
const TEST_FRACTION = 0.2;

/**
 * The texts to train on and to test on: a named set, a folder with a sub-folder for each class, or a
 * file of rows.
 *
 * @param seed Draws those to test on.
 * @throws UsageError for flags and data that do not fit; FileError, FormatError.
 */
export async function loadTextRows(
  data: string,
  flags: TextFlags,
  seed: number,
  where: Where,
): Promise<TextRows> {
  const whole = await readTexts(data, flags, where);
  const testFraction = flags.testFraction ?? TEST_FRACTION;
  return {
    kind: 'text',
    name: data,
    source: whole.source,
    classes: whole.classes,
    whole,
    ...divideTexts(whole, testFraction, seed),
    testFraction,
    flags,
  };
}

/** All texts of a name or path, with the checks that `loadTextRows` has. */
export async function readTexts(
  data: string,
  flags: TextFlags,
  where: Where,
): Promise<LabelledTexts> {
  const whole = await readSet(data, flags, where);
  if (whole.classes.length < 2) {
    const [only = ''] = whole.classes;
    throw new UsageError(
      `--data ${data}: ` +
        (whole.texts.length === 0
          ? 'there are no texts in it.'
          : `all ${whole.texts.length} texts have the class '${only}'; there is nothing to learn.`),
    );
  }
  return whole;
}

async function readSet(data: string, flags: TextFlags, where: Where): Promise<LabelledTexts> {
  const { text, target } = flags;
  if (isTableFile(data)) return readTable(data, text, target);
  const column = text === undefined ? (target === undefined ? undefined : '--target') : '--text';
  if (column !== undefined) {
    throw new UsageError(`${column} is for files of rows, and ${data} is none; leave it out.`);
  }
  const named = TEXTS.get(data);
  if (named !== undefined) return named.load(where);
  if (isFolderName(data)) return loadTextFolder(data);
  throw new UsageError(
    `there are no texts '${data}'; known: ${[...TEXTS.keys()].join(', ')}, files of rows that end in ` +
      '.csv or .tsv, and folders of .txt files, a sub-folder a class.',
  );
}

/** Of a file with two columns, one of them the target, the other has the texts. */
async function readTable(
  data: string,
  text: string | undefined,
  target: string | undefined,
): Promise<LabelledTexts> {
  if (target === undefined) {
    throw new UsageError(`--data ${data}: which column has the classes? Give --target COLUMN.`);
  }
  const { columns } = await loadCsv(data);
  const others = columns.filter((name) => name !== target);
  const found = text ?? (others.length === 1 ? others[0] : undefined);
  if (found === undefined) {
    throw new UsageError(
      `--data ${data}: which column has the texts? Give --text COLUMN; there are ${others.join(', ')}.`,
    );
  }
  if (found === target) {
    throw new UsageError(`--text ${found}: that is the column to predict; give another.`);
  }
  return loadTextTable(data, { text: found, label: target });
}

/**
 * Divides texts at random, classes in proportion; each part keeps their order.
 *
 * @throws UsageError where a part would be empty.
 */
export function divideTexts(
  whole: LabelledTexts,
  fraction: number,
  seed: number,
  flag = '--test-fraction',
): { train: LabelledTexts; test: LabelledTexts } {
  const n = whole.texts.length;
  const count = Math.round(fraction * n);
  const { train, test } = stratifiedParts(classNames(whole), Math.min(count, n), seed);
  if (count > 0 && count < n && test.length > 0) {
    return { train: selectTexts(whole, train), test: selectTexts(whole, test) };
  }
  throw new UsageError(
    `${flag} ${fraction} of ${n} texts leaves a part without any; use a fraction that leaves some on ` +
      'both sides.',
  );
}

/** The class of each text by name. */
export function classNames({ classes, labels }: LabelledTexts): string[] {
  return Array.from(labels, (label) => classes[label]!);
}
