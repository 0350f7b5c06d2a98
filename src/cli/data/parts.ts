import {
  ArrayDataset,
  split,
  TablePreprocessor,
  type Dataset,
  type ImageTransform,
  type LabelledImages,
  type LabelledTexts,
} from '../../data/index.js';
import type { TextPreprocessor } from '../../text/index.js';
import {
  fitTexts,
  pixels,
  textStream,
  textStreams,
  TextWindows,
  type Family,
  type ModelTask,
  type Preprocessing,
  type StreamOptions,
} from '../../train/index.js';
import type { FamilyOptions } from '../model-family.js';
import { UsageError } from '../usage-error.js';
import { augmentationFor } from './augmentations.js';
import { seriesParts } from './series-parts.js';
import { divideRows, type TableRows } from './table-rows.js';
import type { TextCorpus } from './text-corpus.js';
import { divideTexts, type TextRows } from './text-rows.js';
import {
  isCorpus,
  isImages,
  isSeries,
  isTable,
  isText,
  type TrainingData,
} from './training-data.js';

type Samples = Dataset<'x' | 'y'>;

/** Data as a model takes them, divided. */
export interface Parts {
  readonly train: Samples;
  /** What is still to be done to each sample of `train`, at random; those of the others are whole. */
  readonly transform: ImageTransform | undefined;
  readonly validation: Samples | undefined;
  readonly test: ArrayDataset<'x' | 'y'>;
  readonly task: ModelTask;
  /** How many symbols texts have. */
  readonly symbols?: number;
  /** What has been done to the samples. */
  readonly preprocessing: Preprocessing;
  /** How a text is read in training. */
  readonly streams?: StreamOptions;
}

/** What the parts depend on besides the data. */
interface Wanted {
  /** Says what is to be learnt; its task by default: classes, or a number. */
  readonly family?: Pick<Family, 'name' | 'task' | 'passes'>;
  /** How texts become symbols. */
  readonly familyOptions?: FamilyOptions;
  /** Random changes of images. */
  readonly augment?: readonly string[] | undefined;
  /** How a text is read. */
  readonly streams?: StreamOptions;
}

/**
 * Takes samples to validate on from those to train on, then learns from the rest what turns them
 * all into what a model takes.
 *
 * @param valFraction Share to validate on; 0 for none.
 * @param wanted Of the family, how texts become symbols and what `--augment` asks for.
 * @throws UsageError where a part would be empty, for data that are not for the family, and where there
 *   is nothing to augment; FormatError for rows that cannot be used.
 */
export function dividedParts(
  data: TrainingData,
  valFraction: number,
  seed: number,
  {
    family = { name: 'the model' },
    familyOptions = {},
    augment,
    streams = { streams: 1, window: 1 },
  }: Wanted = {},
): Parts {
  checkSuits(data, family);
  if (augment !== undefined) checkAugmented(data, family);
  if (isCorpus(data)) return corpusParts(data, valFraction, seed, streams, family);
  if (isSeries(data)) {
    const parts = seriesParts(data, valFraction, familyOptions);
    return { ...parts, transform: undefined, preprocessing: { kind: 'none' } };
  }
  if (isTable(data)) return tableParts(data, valFraction, seed);
  if (isText(data)) return textParts(data, valFraction, seed, familyOptions);
  if (family.task === 'reconstruction') return ownParts(data, valFraction, seed);
  const { normalization, classes } = data;
  const full = data.train.normalized('x', normalization);
  const inputShape = full.get(0).x.shape;
  const parts = imageParts(full, valFraction, seed);
  const kind = family.task ?? 'classification';
  return {
    ...parts,
    // Images change as the bytes that they are, and are normalised behind that.
    ...(augment === undefined
      ? { transform: undefined }
      : {
          train: imageParts(data.train, valFraction, seed).train,
          transform: augmentationFor(augment, inputShape, normalization),
        }),
    test: data.test.normalized('x', normalization),
    task: { kind, inputShape, classes },
    preprocessing: pixels(normalization),
  };
}

/** Throws unless the samples are images, and their targets are none. */
function checkAugmented(data: TrainingData, { name, task }: Pick<Family, 'name' | 'task'>): void {
  if (!isImages(data)) {
    throw new UsageError(
      `--augment is for images, and ${data.name} has ${rowsOf(data)}; leave it out.`,
    );
  }
  if (task === undefined) return;
  throw new UsageError(
    `--augment changes images alone, and what ${name} learns of each are images, too; leave it out.`,
  );
}

/** Pixels as 0 … 1, so that errors can be compared between sets. */
const AS_SHARES = { mean: 0, std: 1 };

/** Images that are targets of their own. */
function ownParts({ train, test }: LabelledImages, valFraction: number, seed: number): Parts {
  const own = (set: ArrayDataset<'x' | 'y'>): ArrayDataset<'x' | 'y'> => {
    const x = set.normalized('x', AS_SHARES).column('x');
    return new ArrayDataset({ x, y: x });
  };
  const full = own(train);
  return {
    ...imageParts(full, valFraction, seed),
    transform: undefined,
    test: own(test),
    task: { kind: 'reconstruction', inputShape: full.get(0).x.shape },
    preprocessing: pixels(AS_SHARES),
  };
}

/** What data without images have. */
function rowsOf(data: Exclude<TrainingData, LabelledImages>): string {
  return isTable(data) ? 'rows' : isSeries(data) ? 'values' : 'texts';
}

/** Throws unless the data have what the family is to learn. */
function checkSuits(data: TrainingData, { name, task }: Pick<Family, 'name' | 'task'>): void {
  const ofPixels = isImages(data) && data.labels === 'pixel';
  if (task === undefined && ofPixels) {
    throw new UsageError(
      `${data.name} has a class for each pixel, and ${name} gives one for each sample; use segmenter.`,
    );
  }
  if (task === 'segmentation' && !ofPixels) {
    throw new UsageError(
      `${name} takes images with a class for each pixel, and ${data.name} has none; use --data scenes.`,
    );
  }
  if (task === 'reconstruction' && !isImages(data)) {
    throw new UsageError(
      `${name} takes images, and ${data.name} has ${rowsOf(data)}; use --data digits.`,
    );
  }
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
    transform: undefined,
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
    transform: undefined,
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

/** A text is validated on at the end of its training part. */
function corpusParts(
  { train: all, test, tokenizer }: TextCorpus,
  valFraction: number,
  seed: number,
  streams: StreamOptions,
  { passes = 'streams' }: Pick<Family, 'passes'>,
): Parts {
  const { window } = streams;
  const validation = Math.round(valFraction * all.length);
  const cut = all.length - validation;
  // Windows begin anywhere, which takes another one.
  const least =
    passes === 'windows' ? (streams.streams + 1) * window : streams.streams * window + 1;
  if (cut < least || test.length < 2 || (valFraction > 0 && validation < 2)) {
    throw new UsageError(
      `the text leaves ${cut} symbols to train on, ${validation} to validate on and ${test.length} to ` +
        `test on, and ${streams.streams} ${passes} of ${window} symbols take ${least}; give a ` +
        'longer text, or a smaller --batch-size or --window.',
    );
  }
  return {
    train:
      passes === 'windows'
        ? new TextWindows(all.subarray(0, cut), { window, seed })
        : textStreams(all.subarray(0, cut), streams),
    transform: undefined,
    validation: validation === 0 ? undefined : textStream(all.subarray(cut)),
    test: textStream(test),
    task: { kind: 'language', inputShape: [window], tokenizer: tokenizer.toJSON() },
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
