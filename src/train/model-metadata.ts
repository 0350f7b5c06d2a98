import { FormatError } from '../engine/core/errors.js';
import { nearestName } from '../data/nearest-name.js';
import { SeriesTransform, type SeriesTransformJson } from '../data/series-transform.js';
import { TablePreprocessor } from '../data/table-preprocessor.js';
import {
  TextPreprocessor,
  tokenizerFromJson,
  type TextPreprocessorJson,
  type TokenizerJson,
} from '../text/index.js';
import { completeOptions, FAMILIES, type Family, type FamilyOptions } from './families/index.js';
import { show } from './families/option.js';
import type { Preprocessing } from './preprocessing.js';

/** What a model file says of its model: all that is needed to build it anew and to use it. */
export interface ModelDescription {
  /** Name of a family, such as 'mlp'. */
  readonly family: string;
  /** The family's options; what is left out has the family's default. */
  readonly options: FamilyOptions;
  readonly task: ModelTask;
  readonly preprocessing: Preprocessing;
  /** Results when it was saved, such as { testAccuracy: 0.97 }. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How it was trained, such as { data: 'digits', seed: 0, epochs: 10 }. */
  readonly training: Readonly<Record<string, Scalar>>;
}

type Scalar = string | number | boolean | null;

/** What a model is for. */
export type ModelTask =
  | ClassificationTask
  | RegressionTask
  | SegmentationTask
  | ReconstructionTask
  | LanguageTask
  | ForecastTask;

/** Gives each sample one of some classes. */
export interface ClassificationTask {
  readonly kind: 'classification';
  /** Shape of one sample, such as [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /** Names of the classes, in the order of the model's outputs. */
  readonly classes: readonly string[];
}

/** Gives each sample a number: offset + scale · output, in the target's own unit. */
export interface RegressionTask {
  readonly kind: 'regression';
  /** Shape of one sample, such as [13]. */
  readonly inputShape: readonly number[];
  /** What the number is, such as 'price'. */
  readonly target: string;
  readonly offset: number;
  /** Above 0. */
  readonly scale: number;
}

/** Gives each pixel of a sample one of some classes: outputs [N, classes, H, W]. */
export interface SegmentationTask {
  readonly kind: 'segmentation';
  /** Shape of one sample, [C, H, W]. */
  readonly inputShape: readonly number[];
  /** Names of the classes, in the order of the model's outputs. */
  readonly classes: readonly string[];
}

/** Gives each sample back, from a code of it. */
export interface ReconstructionTask {
  readonly kind: 'reconstruction';
  /** Shape of one sample, such as [1, 28, 28]. */
  readonly inputShape: readonly number[];
}

/** Says of each symbol of a text which one comes next: a model of a family that reads a running text. */
export interface LanguageTask {
  readonly kind: 'language';
  /** [T], the symbols of a window in training. */
  readonly inputShape: readonly number[];
  /** What turns text into symbols, as JSON: see `tokenizerFromJson`. */
  readonly tokenizer: TokenizerJson;
}

/** Forecasts the next value of a series from the last ones: a model of a family that reads a series. */
export interface ForecastTask {
  readonly kind: 'forecast';
  /** [L, 1], the steps of the transformed series that a forecast looks at. */
  readonly inputShape: readonly number[];
  /** The column that is forecast, such as 'Passengers'. */
  readonly target: string;
  /** The column of times; null where there is none. */
  readonly time: string | null;
  /** What makes of values what the model takes, and of its output a value: `SeriesTransform.fromJSON`. */
  readonly transform: SeriesTransformJson;
}

/** The names of a task's classes; none where it has no classes. */
export function classesOf(task: ModelTask): readonly string[] {
  return 'classes' in task ? task.classes : [];
}

/** How many outputs a model for a task has: one for each class or symbol, or one for the number. */
export function outputsOf(task: ModelTask): number {
  if (task.kind === 'language') return tokenizerFromJson(task.tokenizer).vocabularySize;
  return 'classes' in task ? task.classes.length : 1;
}

export const FORMAT = 'gradus-model';
/** The newest that is read. */
export const VERSION = 3;

/** The oldest that has what the task needs, so that older readers take what they can use. */
const versionFor = ({ kind }: ModelTask): number => VERSIONS[kind];

const VERSIONS: Readonly<Record<ModelTask['kind'], number>> = {
  classification: 1,
  regression: 2,
  segmentation: VERSION,
  reconstruction: VERSION,
  language: VERSION,
  forecast: VERSION,
};

/** What families read whose tasks no other has. */
const WHOLE: Readonly<Partial<Record<ModelTask['kind'], 'corpus' | 'series'>>> = {
  language: 'corpus',
  forecast: 'series',
};

/** More than any model has, few enough to be read at once; vocabularies are long. */
const MAX_TEXT = 32_000_000;
const MAX_CLASSES = 1_000_000;
const MAX_RANK = 8;
const MAX_ELEMENTS = 2 ** 31 - 1;
/** What stands in a terminal or a report for a name. */
const MAX_NAME = 200;
const NAME = `a name: 1 to ${MAX_NAME} characters without control characters`;

/** The entries of a file's `__metadata__`. */
export function encodeMetadata(
  description: ModelDescription,
  producer: string,
): Record<string, string> {
  const { family, options, task, preprocessing, metrics, training } = description;
  return {
    format: FORMAT,
    version: String(versionFor(task)),
    producer,
    model: family,
    options: JSON.stringify(options),
    task: JSON.stringify(task),
    preprocessing: JSON.stringify(preprocessing),
    metrics: JSON.stringify(metrics),
    training: JSON.stringify(training),
  };
}

export interface DecodedMetadata {
  readonly description: ModelDescription;
  readonly family: Family;
  /** What wrote the file, such as 'gradus 0.1.0'. */
  readonly producer: string;
}

/**
 * Checks the metadata of a file, which may come from anywhere.
 *
 * @param refuse throws the error for a sentence on what is wrong.
 */
export function decodeMetadata(
  metadata: Readonly<Record<string, string>>,
  refuse: (what: string) => never,
): DecodedMetadata {
  const producer = checkFormat(metadata, refuse);
  const checker = new Checker(metadata, refuse);
  const family = checker.family();
  const description: ModelDescription = {
    family: family.name,
    options: checker.options(family),
    task: checker.task(),
    preprocessing: checker.preprocessing(checker.task().inputShape[0]!),
    metrics: checker.numbers('metrics'),
    training: checker.scalars('training'),
  };
  const { kind } = description.task;
  const { reads } = family;
  if (WHOLE[kind] !== (reads === 'corpus' || reads === 'series' ? reads : undefined)) {
    refuse(`task.kind is '${kind}', which is not what the family '${family.name}' is for.`);
  }
  return { description, family, producer };
}

function checkFormat(
  metadata: Readonly<Record<string, string>>,
  refuse: (what: string) => never,
): string {
  const { format, version } = metadata;
  if (format !== FORMAT) {
    const found = format === undefined ? 'no format' : `format ${show(format)}`;
    return refuse(
      `its metadata have ${found}, expected '${FORMAT}': it holds tensors but does not say of what ` +
        'model; build the module yourself and load them with loadPyTorch or loadStateDict.',
    );
  }
  const producer = own(metadata, 'producer') ?? 'unknown';
  if (!isName(producer)) refuse(`producer is ${show(producer)}, expected a short line of text.`);
  if (version === undefined || !/^[1-9]\d{0,8}$/.test(version)) {
    return refuse(`version is ${show(version)}, expected a whole number such as '${VERSION}'.`);
  }
  if (Number(version) > VERSION) {
    return refuse(
      `version ${version} of the format was written by ${producer} and is newer than version ` +
        `${VERSION}, the last that this Gradus reads; update gradus.`,
    );
  }
  return producer;
}

/** Reads and checks one entry after another. */
class Checker {
  constructor(
    private readonly metadata: Readonly<Record<string, string>>,
    private readonly refuse: (what: string) => never,
  ) {}

  family(): Family {
    const name = own(this.metadata, 'model');
    const found = FAMILIES.find((family) => family.name === name);
    if (found !== undefined) return found;
    const names = FAMILIES.map((family) => family.name);
    const near = nearestName((name ?? '').slice(0, MAX_NAME), names);
    const hint = near === undefined ? '' : `did you mean '${near}'? `;
    return this.refuse(
      `there is no model family ${show(name)}; ${hint}Known: ${names.join(', ')}.`,
    );
  }

  options(family: Family): FamilyOptions {
    const options = completeOptions(family, this.record('options'));
    return typeof options === 'string' ? this.refuse(`${options}.`) : options;
  }

  task(): ModelTask {
    const record = this.record('task');
    const { kind, inputShape, classes, target, offset, scale, tokenizer } = record;
    if (kind === 'classification' || kind === 'segmentation') {
      return { kind, inputShape: this.inputShape(inputShape), classes: this.classes(classes) };
    }
    if (kind === 'reconstruction') return { kind, inputShape: this.inputShape(inputShape) };
    if (kind === 'language') {
      return {
        kind,
        inputShape: this.inputShape(inputShape),
        tokenizer: this.tokenizer(tokenizer),
      };
    }
    if (kind === 'forecast') return this.forecast(record);
    if (kind !== 'regression') {
      return this.refuse(
        `task.kind is ${show(kind)}, expected ${Object.keys(VERSIONS).join(', ')}.`,
      );
    }
    const shape = this.inputShape(inputShape);
    if (!isName(target)) this.refuse(`task.target is ${show(target)}, expected ${NAME}.`);
    if (!Number.isFinite(offset)) {
      this.refuse(`task.offset is ${show(offset)}, expected a finite number.`);
    }
    if (!Number.isFinite(scale) || (scale as number) <= 0) {
      this.refuse(`task.scale is ${show(scale)}, expected a finite number above 0.`);
    }
    return {
      kind,
      inputShape: shape,
      target: target as string,
      offset: offset as number,
      scale: scale as number,
    };
  }

  private forecast({ inputShape, target, time, transform }: Record<string, unknown>): ForecastTask {
    const shape = this.inputShape(inputShape);
    if (!isName(target)) this.refuse(`task.target is ${show(target)}, expected ${NAME}.`);
    if (time !== null && !isName(time)) {
      this.refuse(`task.time is ${show(time)}, expected null or ${NAME}.`);
    }
    try {
      return {
        kind: 'forecast',
        inputShape: shape,
        target: target as string,
        time: time as string | null,
        transform: SeriesTransform.fromJSON(transform).toJSON(),
      };
    } catch (error) {
      return this.refuse(`task.transform: ${(error as Error).message}`);
    }
  }

  private tokenizer(json: unknown): TokenizerJson {
    try {
      return tokenizerFromJson(json).toJSON();
    } catch (error) {
      return this.refuse(`task.tokenizer: ${(error as Error).message}`);
    }
  }

  private inputShape(given: unknown): number[] {
    const isExtent = (d: unknown): boolean => Number.isInteger(d) && (d as number) >= 1;
    if (
      !Array.isArray(given) ||
      given.length === 0 ||
      given.length > MAX_RANK ||
      !given.every(isExtent)
    ) {
      return this.refuse(
        `task.inputShape is ${show(given)}, expected 1 to ${MAX_RANK} integers above 0.`,
      );
    }
    const shape = given as number[];
    if (shape.reduce((n, d) => n * d, 1) > MAX_ELEMENTS) {
      return this.refuse(`task.inputShape ${show(shape)} is beyond 2^31 - 1 elements.`);
    }
    return shape;
  }

  private classes(given: unknown): string[] {
    if (!Array.isArray(given) || given.length === 0 || given.length > MAX_CLASSES) {
      return this.refuse(
        `task.classes is ${show(given)}, expected a list of 1 to ${MAX_CLASSES} names.`,
      );
    }
    const odd = given.findIndex((name) => !isName(name));
    if (odd >= 0) {
      return this.refuse(`task.classes[${odd}] is ${show(given[odd])}, expected ${NAME}.`);
    }
    return given as string[];
  }

  /** @param channels dim 0 of a sample. */
  preprocessing(channels: number): Preprocessing {
    const { kind, mean, std, table, text } = this.record('preprocessing');
    if (kind === 'none') return { kind };
    if (kind === 'table') return { kind, table: this.table(table) };
    if (kind === 'text') return { kind, text: this.text(text, channels) };
    if (kind !== 'pixels') {
      return this.refuse(
        `preprocessing.kind is ${show(kind)}, expected 'none', 'pixels', 'table' or 'text'.`,
      );
    }
    const listed = Array.isArray(mean) || Array.isArray(std);
    const each = listed ? ` or ${channels} of them` : '';
    const isAll = (given: unknown, test: (v: number) => boolean): boolean =>
      Array.isArray(given)
        ? given.length === channels &&
          given.every((v: unknown) => Number.isFinite(v) && test(v as number))
        : Number.isFinite(given) && test(given as number);
    if (!isAll(mean, () => true)) {
      return this.refuse(`preprocessing.mean is ${show(mean)}, expected a finite number${each}.`);
    }
    if (!isAll(std, (v) => v > 0)) {
      return this.refuse(
        `preprocessing.std is ${show(std)}, expected a finite number above 0${each}.`,
      );
    }
    return { kind, mean: mean as number, std: std as number };
  }

  private table(json: unknown): ReturnType<TablePreprocessor['toJSON']> {
    try {
      return TablePreprocessor.fromJSON(json).toJSON();
    } catch (error) {
      return this.refuse(`preprocessing.table: ${(error as Error).message}`);
    }
  }

  /** @param length dim 0 of a sample. */
  private text(json: unknown, length: number): TextPreprocessorJson {
    try {
      const preprocessor = TextPreprocessor.fromJSON(json);
      if (preprocessor.length === length) return preprocessor.toJSON();
      const { length: own } = preprocessor;
      return this.refuse(`preprocessing.text.length is ${own}, samples have ${length} symbols.`);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return this.refuse(`preprocessing.text: ${error.message}`);
    }
  }

  numbers(key: string): Record<string, number> {
    return this.entries(key, Number.isFinite, 'a finite number') as Record<string, number>;
  }

  scalars(key: string): Record<string, Scalar> {
    const isScalar = (v: unknown): boolean =>
      v === null || typeof v === 'boolean' || Number.isFinite(v) || isName(v, 0);
    return this.entries(
      key,
      isScalar,
      'a short text, a finite number, true, false or null',
    ) as Record<string, Scalar>;
  }

  private entries(
    key: string,
    fits: (value: unknown) => boolean,
    expected: string,
  ): Record<string, unknown> {
    const record = this.record(key);
    for (const [name, value] of Object.entries(record)) {
      if (!isName(name)) this.refuse(`${key} has the entry ${show(name)}, expected a short name.`);
      if (!fits(value)) this.refuse(`${key}.${name} is ${show(value)}, expected ${expected}.`);
    }
    return record;
  }

  private record(key: string): Record<string, unknown> {
    const text = own(this.metadata, key);
    if (text === undefined) return this.refuse(`its metadata have no entry '${key}'.`);
    if (text.length > MAX_TEXT) {
      return this.refuse(`its '${key}' has ${text.length} characters, the limit is ${MAX_TEXT}.`);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.refuse(`its '${key}' is ${show(text)}, which is not JSON.`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.refuse(`its '${key}' is ${show(value)}, expected a JSON object.`);
    }
    return value as Record<string, unknown>;
  }
}

const own = (record: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Text that can be printed on one line: what a terminal would obey is no name. */
function isName(value: unknown, least = 1): boolean {
  return (
    typeof value === 'string' &&
    value.length >= least &&
    value.length <= MAX_NAME &&
    !/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u.test(value)
  );
}
