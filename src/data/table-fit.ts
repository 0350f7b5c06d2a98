import { ArgumentError, FormatError } from '../engine/core/errors.js';
import {
  categoriesOf,
  inferColumnType,
  MISSING_VALUES,
  parseNumber,
  type ColumnType,
} from './column-type.js';
import { nearestName } from './nearest-name.js';
import { cellError, columnIndex, showCell, type Table } from './table.js';
import type { CategorySpec, ColumnSpec, MissingPolicy, TableSpec } from './table-spec.js';

/** How the numbers of a column are scaled: see `TableFitOptions.scaling`. */
export type Scaling = 'standardize' | 'minmax' | 'none';

/** What a preprocessor is to predict, from which columns, and how. */
export interface TableFitOptions {
  /** The column to predict; without one the preprocessor only makes `x`. */
  target?: string;
  /** Columns to predict from, in order; default all but the target and `ignore`. */
  features?: readonly string[];
  /** Columns to leave out. */
  ignore?: readonly string[];
  /**
   * Types of columns; those not named are inferred, whole numbers as numbers, since a later row need
   * not have whole ones. A target of type category has classes.
   */
  types?: Readonly<Record<string, ColumnType>>;
  /** Cells that mean: no value; default '', ?, NA, N/A, NaN, nan, null. */
  missingValues?: readonly string[];
  /**
   * Where a value is missing: an error (the default); the row is dropped; or the mean of the
   * training part is filled in for numbers, its most frequent category for categories. A missing
   * target is an error or drops the row, and is never filled in.
   */
  missing?: MissingPolicy;
  /**
   * A category at prediction that the training part does not have: an error (the default), or zeros
   * in all its columns; as a code, the number of categories.
   */
  unknown?: 'error' | 'zeros';
  /** One-hot columns in `x` (the default), or codes 0, 1, … in an i32 column `c`, `[N, C]`. */
  categories?: 'one-hot' | 'codes';
  /**
   * Of numeric features: mean 0 and standard deviation 1 (the default; the deviation is that of the
   * population), from 0 to 1, or none. Constant columns become 0.
   */
  scaling?: Scaling;
  /** The same for a numeric target; default none. */
  targetScaling?: Scaling;
}

/**
 * Learns from the training part what is needed to turn rows into numbers.
 *
 * @throws FormatError naming line and column of a cell that does not fit; ArgumentError for options
 *   that name no column, and for a feature of type text.
 */
export function fitTable(table: Table, options: TableFitOptions): TableSpec {
  const { target, ignore = [], types = {}, missing = 'error', categories = 'one-hot' } = options;
  const missingValues = options.missingValues ?? MISSING_VALUES;
  for (const name of [...ignore, ...Object.keys(types)]) columnIndex(table, name);
  const left = new Set([...ignore, ...(target === undefined ? [] : [target])]);
  const names = options.features ?? table.columns.filter((name) => !left.has(name));
  checkNames(names, target);
  const wanted = target === undefined ? names : [...names, target];
  const none = new Set(missingValues);
  const rows = completeRows(table, wanted, none, missing, target);
  if (rows.length === 0) {
    throw new FormatError(`${table.source}: no row is complete; there is nothing to learn from.`);
  }
  const fit = (name: string, scaling: Scaling, isTarget: boolean): ColumnSpec => {
    const index = columnIndex(table, name);
    const cells = rows.map((r) => table.rows[r]![index]!);
    const inferred = inferColumnType(cells, none);
    const declared = Object.hasOwn(types, name) ? types[name] : undefined;
    const type = declared ?? (inferred === 'integer' ? 'number' : inferred);
    const filled = missing === 'fill' && !isTarget;
    if (type === 'category') return fitCategories(table, name, index, rows, none, filled);
    if (type === 'text') throw textError(table, name, index, isTarget);
    return fitNumbers(table, { name, index, type }, rows, none, { scaling, filled });
  };
  return {
    format: 'gradus-table',
    version: 1,
    missing,
    missingValues: [...missingValues],
    unknown: options.unknown ?? 'error',
    categories,
    features: names.map((name) => fit(name, options.scaling ?? 'standardize', false)),
    target: target === undefined ? null : fit(target, options.targetScaling ?? 'none', true),
  };
}

function checkNames(names: readonly string[], target: string | undefined): void {
  if (names.length === 0) {
    throw new ArgumentError('TablePreprocessor: no features are left; name some columns.');
  }
  const twice = names.find((name, i) => name === target || names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ArgumentError(
      `TablePreprocessor: '${twice}' is ${twice === target ? 'the target' : 'twice'} among the ` +
        'features; name each column once.',
    );
  }
}

/**
 * The rows to use: all, or under `drop` those that have every wanted value. Throws where the policy
 * does not allow a missing one.
 */
export function completeRows(
  table: Table,
  wanted: readonly string[],
  none: ReadonlySet<string>,
  missing: MissingPolicy,
  target: string | undefined,
): number[] {
  const columns = wanted.map((name) => ({ name, index: columnIndex(table, name) }));
  const rows: number[] = [];
  for (const [r, row] of table.rows.entries()) {
    const gap = columns.find(
      ({ name, index }) => none.has(row[index]!) && (missing !== 'fill' || name === target),
    );
    if (gap === undefined) rows.push(r);
    else if (missing !== 'drop') {
      const remedy =
        missing === 'fill'
          ? 'a target cannot be filled in; remove the row.'
          : "complete it, or choose missing: 'drop' or 'fill'.";
      throw cellError(
        table,
        r,
        gap.name,
        `the value is missing (${showCell(row[gap.index]!)}); ${remedy}`,
      );
    }
  }
  return rows;
}

function textError(table: Table, name: string, index: number, isTarget: boolean): ArgumentError {
  const cells = table.rows.slice(0, 3).map((row) => showCell(row[index]!));
  return new ArgumentError(
    `TablePreprocessor: column '${name}' of ${table.source} is text (${cells.join(', ')}, …); ` +
      (isTarget ? '' : `leave it out (ignore: ['${name}']), or `) +
      `declare it (types: { '${name}': 'category' }).`,
  );
}

function fitCategories(
  table: Table,
  name: string,
  index: number,
  rows: readonly number[],
  none: ReadonlySet<string>,
  filled: boolean,
): CategorySpec {
  const counts = new Map<string, number>();
  for (const r of rows) {
    const cell = table.rows[r]![index]!;
    if (!none.has(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  if (counts.size === 0) throw emptyColumn(table, name);
  const categories = categoriesOf(counts.keys());
  // Of equally frequent ones the first.
  const mode = categories.reduce((best, c) => (counts.get(c)! > counts.get(best)! ? c : best));
  return { name, type: 'category', categories, fill: filled ? mode : null };
}

function fitNumbers(
  table: Table,
  column: { name: string; index: number; type: 'number' | 'integer' },
  rows: readonly number[],
  none: ReadonlySet<string>,
  how: { scaling: Scaling; filled: boolean },
): ColumnSpec {
  const { name, index, type } = column;
  const values: number[] = [];
  for (const r of rows) {
    if (!none.has(table.rows[r]![index]!)) values.push(numberAt(table, r, index, name, type));
  }
  if (values.length === 0) throw emptyColumn(table, name);
  // The mean taken in two steps stays finite near the ends of the range and is exact for constants.
  const first = values[0]!;
  const mean = first + values.reduce((sum, v) => sum + (v - first) / values.length, 0);
  let [offset, scale] = [0, 1];
  if (how.scaling === 'standardize') {
    offset = mean;
    scale = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2 / values.length, 0));
  } else if (how.scaling === 'minmax') {
    offset = values.reduce((least, v) => Math.min(least, v));
    scale = values.reduce((most, v) => Math.max(most, v)) - offset;
  }
  // Rounding leaves a constant column a deviation of some units in the last place.
  if (!(scale > Math.abs(offset) * 1e-13)) scale = 1;
  if (!Number.isFinite(mean) || !Number.isFinite(scale)) {
    throw new FormatError(
      `${table.source}: column '${name}' spans more than doubles can square; scale it first.`,
    );
  }
  return { name, type, offset, scale, fill: how.filled ? mean : null };
}

function emptyColumn(table: Table, name: string): FormatError {
  return new FormatError(`${table.source}: column '${name}' has no values; leave it out.`);
}

/** The number in a cell; throws, naming line and column, where there is none of that type. */
export function numberAt(
  table: Table,
  row: number,
  index: number,
  name: string,
  type: 'number' | 'integer',
): number {
  const cell = table.rows[row]![index]!;
  const value = parseNumber(cell);
  if (value === undefined) throw cellError(table, row, name, `${showCell(cell)} is no number.`);
  if (type === 'integer' && !Number.isInteger(value)) {
    throw cellError(table, row, name, `${showCell(cell)} is no whole number.`);
  }
  return value;
}

/** The position of a cell among the categories; throws, with the nearest, where it is none. */
export function unknownCategory(
  table: Table,
  row: number,
  spec: CategorySpec,
  cell: string,
): Error {
  const near = nearestName(cell, spec.categories);
  const known = spec.categories.slice(0, 12).map(showCell).join(', ');
  return cellError(
    table,
    row,
    spec.name,
    `the training part has no category ${showCell(cell)}; ` +
      (near === undefined ? '' : `did you mean ${showCell(near)}? `) +
      `It has ${known}${spec.categories.length > 12 ? ', …' : ''}.`,
  );
}
