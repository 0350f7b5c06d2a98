import { FormatError } from '../engine/core/errors.js';

/** What to do where a cell is missing; see `TableFitOptions.missing`. */
export type MissingPolicy = 'error' | 'drop' | 'fill';

/** A numeric column: its values become (value - offset) / scale. */
export interface NumericSpec {
  readonly name: string;
  readonly type: 'number' | 'integer';
  readonly offset: number;
  readonly scale: number;
  /** What stands for a missing value, before scaling; null where there is nothing to fill in. */
  readonly fill: number | null;
}

/** A column of categories: each becomes its index, or a column of ones and zeros. */
export interface CategorySpec {
  readonly name: string;
  readonly type: 'category';
  readonly categories: readonly string[];
  readonly fill: string | null;
}

/** What a preprocessor has learnt of a column. */
export type ColumnSpec = NumericSpec | CategorySpec;

/** All that a `TablePreprocessor` has learnt from the training part: plain JSON. */
export interface TableSpec {
  readonly format: 'gradus-table';
  readonly version: 1;
  readonly missing: MissingPolicy;
  /** Cells that mean: no value. */
  readonly missingValues: readonly string[];
  /** See `TableFitOptions.unknown`. */
  readonly unknown: 'error' | 'zeros';
  readonly categories: 'one-hot' | 'codes';
  readonly features: readonly ColumnSpec[];
  /** The column to predict; its `fill` is null. */
  readonly target: ColumnSpec | null;
}

/**
 * Checks what was read from a file or a model's metadata, which may come from anywhere.
 *
 * @throws FormatError naming the field that is wrong.
 */
export function checkTableSpec(json: unknown): TableSpec {
  const spec = record(json, 'the whole');
  if (spec['format'] !== 'gradus-table' || spec['version'] !== 1) {
    fail('format', "expected 'gradus-table', version 1; a later Gradus may read it");
  }
  const features = spec['features'];
  if (!Array.isArray(features) || features.length === 0) return fail('features', 'expected a list');
  const columns = features.map((feature, i) => checkColumn(feature, `features[${i}]`));
  const target = spec['target'] === null ? null : checkColumn(spec['target'], 'target');
  if (target !== null && target.fill !== null) fail('target.fill', 'expected null');
  const names = new Set<string>();
  for (const { name } of [...columns, ...(target === null ? [] : [target])]) {
    if (names.has(name)) fail('features', `'${name.slice(0, 60)}' is there twice`);
    names.add(name);
  }
  return {
    format: 'gradus-table',
    version: 1,
    missing: oneOf(spec['missing'], ['error', 'drop', 'fill'] as const, 'missing'),
    missingValues: strings(spec['missingValues'], 'missingValues'),
    unknown: oneOf(spec['unknown'], ['error', 'zeros'] as const, 'unknown'),
    categories: oneOf(spec['categories'], ['one-hot', 'codes'] as const, 'categories'),
    features: columns,
    target,
  };
}

function checkColumn(json: unknown, where: string): ColumnSpec {
  const column = record(json, where);
  const { name, fill = null } = column;
  if (typeof name !== 'string') return fail(`${where}.name`, 'expected a string');
  const type = oneOf(column['type'], ['number', 'integer', 'category'] as const, `${where}.type`);
  if (type === 'category') {
    const categories = strings(column['categories'], `${where}.categories`);
    if (categories.length === 0) fail(`${where}.categories`, 'expected at least one');
    if (new Set(categories).size < categories.length) fail(`${where}.categories`, 'one is doubled');
    if (fill !== null && (typeof fill !== 'string' || !categories.includes(fill))) {
      return fail(`${where}.fill`, 'expected null or one of the categories');
    }
    return { name, type, categories, fill };
  }
  const { offset, scale } = column;
  if (!isFinite(offset)) return fail(`${where}.offset`, 'expected a finite number');
  if (!isFinite(scale) || scale <= 0) return fail(`${where}.scale`, 'expected a number above 0');
  if (fill !== null && !isFinite(fill)) return fail(`${where}.fill`, 'expected null or a number');
  return { name, type, offset, scale, fill };
}

const isFinite = (value: unknown): value is number => Number.isFinite(value);

function record(json: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return fail(where, 'expected an object');
  }
  return json as Record<string, unknown>;
}

function strings(json: unknown, where: string): string[] {
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'string')) {
    return fail(where, 'expected a list of strings');
  }
  return [...json] as string[];
}

function oneOf<T extends string>(json: unknown, values: readonly T[], where: string): T {
  const found = values.find((value) => value === json);
  return found ?? fail(where, `expected ${values.map((value) => `'${value}'`).join(' or ')}`);
}

function fail(where: string, what: string): never {
  throw new FormatError(`TablePreprocessor: ${where} of the stored preprocessing: ${what}.`);
}
