import { split, TablePreprocessor, type ArrayDataset, type Dataset } from '../../data/index.js';
import {
  pixels,
  textStream,
  textStreams,
  type ModelTask,
  type Preprocessing,
  type StreamOptions,
} from '../../train/index.js';
import { UsageError } from '../usage-error.js';
import { divideRows, type TableRows } from './table-rows.js';
import type { TextCorpus } from './text-corpus.js';
import { isCorpus, isTable, type TrainingData } from './training-data.js';

type Samples = Dataset<'x' | 'y'>;

/** Data as a model takes them, divided. */
export interface Parts {
  readonly train: Samples;
  readonly validation: Samples | undefined;
  readonly test: ArrayDataset<'x' | 'y'>;
  readonly task: ModelTask;
  /** What has been done to the samples. */
  readonly preprocessing: Preprocessing;
  /** How a text is read in training. */
  readonly streams?: StreamOptions;
}

/**
 * Takes samples to validate on from those to train on, then learns from the rest what turns them
 * all into what a model takes.
 *
 * @param valFraction Share to validate on; 0 for none.
 * @param streams How a text is read.
 * @throws UsageError where a part would be empty; FormatError for rows that cannot be used.
 */
export function dividedParts(
  data: TrainingData,
  valFraction: number,
  seed: number,
  streams: StreamOptions = { streams: 1, window: 1 },
): Parts {
  if (isCorpus(data)) return textParts(data, valFraction, streams);
  if (isTable(data)) return tableParts(data, valFraction, seed);
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

/** A text is validated on at the end of its training part. */
function textParts(
  { train: all, test, tokenizer }: TextCorpus,
  valFraction: number,
  streams: StreamOptions,
): Parts {
  const validation = Math.round(valFraction * all.length);
  const cut = all.length - validation;
  const least = streams.streams * streams.window + 1;
  if (cut < least || test.length < 2 || (valFraction > 0 && validation < 2)) {
    throw new UsageError(
      `the text leaves ${cut} symbols to train on, ${validation} to validate on and ${test.length} to ` +
        `test on, and ${streams.streams} streams of ${streams.window} symbols take ${least}; give a ` +
        'longer text, or a smaller --batch-size or --window.',
    );
  }
  return {
    train: textStreams(all.subarray(0, cut), streams),
    validation: validation === 0 ? undefined : textStream(all.subarray(cut)),
    test: textStream(test),
    task: { kind: 'language', inputShape: [streams.window], tokenizer: tokenizer.toJSON() },
    preprocessing: { kind: 'none' },
    streams,
  };
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
