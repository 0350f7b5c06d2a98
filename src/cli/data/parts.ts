import { ArrayDataset, split, TablePreprocessor } from '../../data/index.js';
import type { Dataset, LabelledTexts } from '../../data/index.js';
import type { TextPreprocessor } from '../../text/index.js';
import { fitTexts, pixels, type ModelTask, type Preprocessing } from '../../train/index.js';
import type { FamilyOptions } from '../model-family.js';
import { UsageError } from '../usage-error.js';
import { divideRows, type TableRows } from './table-rows.js';
import { divideTexts, type TextRows } from './text-rows.js';
import { isTable, isText, type TrainingData } from './training-data.js';

type Samples = Dataset<'x' | 'y'>;

/** Data as a model takes them, divided. */
export interface Parts {
  readonly train: Samples;
  readonly validation: Samples | undefined;
  readonly test: ArrayDataset<'x' | 'y'>;
  readonly task: ModelTask;
  /** How many symbols texts have. */
  readonly symbols?: number;
  /** What has been done to the samples. */
  readonly preprocessing: Preprocessing;
}

/**
 * Takes samples to validate on from those to train on, then learns from the rest what turns them
 * all into what a model takes.
 *
 * @param valFraction Share to validate on; 0 for none.
 * @param options Of the family: how texts become symbols.
 * @throws UsageError where a part would be empty; FormatError for rows that cannot be used.
 */
export function dividedParts(
  data: TrainingData,
  valFraction: number,
  seed: number,
  options: FamilyOptions,
): Parts {
  if (isTable(data)) return tableParts(data, valFraction, seed);
  if (isText(data)) return textParts(data, valFraction, seed, options);
  const { normalization, classes } = data;
  const full = data.train.normalized('x', normalization);
  return {
    ...imageParts(full, valFraction, seed),
    test: data.test.normalized('x', normalization),
    task: { kind: 'classification', inputShape: full.get(0).x.shape, classes },
    preprocessing: pixels(normalization),
  };
}

function imageParts(
  full: Samples,
  valFraction: number,
  seed: number,
): Pick<Parts, 'train' | 'validation'> {
  if (valFraction === 0) return { train: full, validation: undefined };
  const validation = Math.round(valFraction * full.length);
  if (validation > 0 && validation < full.length) return split(full, { validation, seed });
  throw new UsageError(
    `--val-fraction ${valFraction} of ${full.length} samples leaves a part without any; use 0 for ` +
      'no validation, or a fraction that leaves some on both sides.',
  );
}

function tableParts(data: TableRows, valFraction: number, seed: number): Parts {
  const { target, task: kind, fit } = data;
  const isClasses = kind === 'classification';
  const { train, test: validation } =
    valFraction === 0
      ? { train: data.train, test: undefined }
      : divideRows(data.train, target, isClasses, valFraction, seed, '--val-fraction');
  const preprocessor = TablePreprocessor.fit(train, fit);
  checkVariation(data, preprocessor, train.rows.length);
  const inputShape = [preprocessor.featureNames.length];
  return {
    train: preprocessor.dataset(train),
    validation: validation && preprocessor.dataset(validation),
    test: preprocessor.dataset(data.test),
    task: taskOf(preprocessor, inputShape),
    preprocessing: { kind: 'table', table: preprocessor.toJSON() },
  };
}

function textParts(
  data: TextRows,
  valFraction: number,
  seed: number,
  options: FamilyOptions,
): Parts {
  const { train, test: validation } =
    valFraction === 0
      ? { train: data.train, test: undefined }
      : divideTexts(data.train, valFraction, seed, '--val-fraction');
  const preprocessor = fitTexts(train.texts, options);
  return {
    train: textDataset(train, preprocessor),
    validation: validation && textDataset(validation, preprocessor),
    test: textDataset(data.test, preprocessor),
    task: { kind: 'classification', inputShape: [preprocessor.length], classes: data.classes },
    symbols: preprocessor.symbols,
    preprocessing: { kind: 'text', text: preprocessor.toJSON() },
  };
}

/** Texts as a model takes them. */
export function textDataset(
  { texts, labels, classes }: LabelledTexts,
  preprocessor: TextPreprocessor,
): ArrayDataset<'x' | 'y'> {
  const y = { dtype: 'i32', shape: [labels.length], values: labels } as const;
  return new ArrayDataset({ x: preprocessor.encode(texts), y }, { classes });
}

/** The task of a preprocessor that has a target. */
function taskOf({ spec, classes }: TablePreprocessor, inputShape: readonly number[]): ModelTask {
  const target = spec.target!;
  if (target.type === 'category') return { kind: 'classification', inputShape, classes };
  const { name, offset, scale } = target;
  return { kind: 'regression', inputShape, target: name, offset, scale };
}

/** Throws where there is nothing to learn: one class, or the same number everywhere. */
function checkVariation(data: TableRows, { spec, classes }: TablePreprocessor, rows: number): void {
  const { target } = spec;
  if (target!.type === 'category') {
    if (classes.length > 1) return;
    throw new UsageError(
      `--target ${data.target}: all ${rows} rows to train on have the class '${classes[0]}'; there is ` +
        'nothing to learn.',
    );
  }
  const index = data.train.columns.indexOf(data.target);
  const [first, ...rest] = data.train.rows.map((row) => Number(row[index]));
  if (rest.some((value) => value !== first)) return;
  throw new UsageError(
    `--target ${data.target}: all ${rows} rows to train on have the value ${first}; there is nothing ` +
      'to learn.',
  );
}
