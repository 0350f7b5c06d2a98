import { selectRows, splitTable, type Table, type TableFitOptions } from '../../data/index.js';
import { loadCsv, TABLES } from '../../data/node.js';
import { columnIndex, showCell } from '../../data/table.js';
import { inferColumnType, MISSING_VALUES, type ColumnType } from '../../data/column-type.js';
import { completeRows } from '../../data/table-fit.js';
import { FormatError } from '../../engine/core/errors.js';
import { UsageError } from '../usage-error.js';
import { stratifiedParts } from './stratified-parts.js';

/** Values of the flags for tables. */
export interface TableFlags {
  readonly target?: string;
  readonly testFraction?: number;
  readonly missing?: 'error' | 'drop' | 'fill';
  readonly categorical?: readonly string[];
  readonly ignore?: readonly string[];
}

/**
 * Rows with a column to predict. They are not numbers yet: what that takes is learnt from the rows
 * that are trained on, once those to validate on have been taken away.
 */
export interface TableRows {
  readonly kind: 'table';
  readonly name: string;
  /** Where the rows came from, for a person to read. */
  readonly source: string;
  readonly task: 'classification' | 'regression';
  readonly target: string;
  readonly fit: SettledFit;
  /** All rows but a test part that the set has of its own. */
  readonly whole: Table;
  /** To train on and to validate on. */
  readonly train: Table;
  readonly test: Table;
  /** Share of the rows that are the test part; absent where the set has one of its own. */
  readonly testFraction?: number;
  /** The flags that were given. */
  readonly flags: TableFlags;
}

/** How rows are turned into numbers, with the target and all types. */
type SettledFit = TableFitOptions & Required<Pick<TableFitOptions, 'target' | 'types'>>;

/** Share of the rows to test on. */
const TEST_FRACTION = 0.2;

/** Whether `--data` names a file of rows. */
export function isTableFile(data: string): boolean {
  return /\.(csv|tsv)(\.gz)?$/i.test(data);
}

/** Rows as they were read, and what is known of them. */
export interface ReadRows {
  readonly source: string;
  readonly rows: Table;
  readonly test?: Table;
  readonly fit: TableFitOptions;
}

/** Where the files of named tables are looked for. */
export interface Where {
  readonly dataDir?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Reads a named table, or a file of rows. */
export async function readRows(data: string, where: Where): Promise<ReadRows> {
  const named = TABLES.get(data);
  if (named !== undefined) return named.read(where);
  const rows = await loadCsv(data);
  return { source: `${rows.rows.length} rows of a file`, rows, fit: {} };
}

/**
 * The rows to train on and to test on, of a named table or a file.
 *
 * @param seed Draws the rows to test on, where there are none set apart.
 * @throws UsageError for flags that do not fit; FileError, FormatError naming line and column where
 *   the rows cannot be used.
 */
export async function loadTableRows(
  data: string,
  flags: TableFlags,
  seed: number,
  where: Where,
): Promise<TableRows> {
  checkTarget(data, flags);
  const { source, rows, test: own, fit: usual } = await readRows(data, where);
  if (own !== undefined && flags.testFraction !== undefined) {
    throw new UsageError(`${data} has a test part of its own; leave out --test-fraction.`);
  }
  const fit = fitOptions(data, rows, usual, flags);
  const isNumber = fit.types[fit.target] !== 'category';
  const whole = selectComplete(rows, fit);
  const testFraction = own === undefined ? (flags.testFraction ?? TEST_FRACTION) : undefined;
  const parts =
    own === undefined
      ? divideRows(whole, fit.target, !isNumber, testFraction!, seed)
      : { train: whole, test: selectComplete(own, fit) };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return {
    kind: 'table',
    name: data,
    source,
    task: isNumber ? 'regression' : 'classification',
    target: fit.target,
    fit: isNumber ? { ...fit, targetScaling: 'standardize' } : fit,
    whole,
    ...parts,
    ...(testFraction === undefined ? {} : { testFraction }),
    flags: Object.fromEntries(given) as TableFlags,
  };
}

function checkTarget(data: string, { target }: TableFlags): void {
  const named = TABLES.has(data);
  if (named && target !== undefined) {
    throw new UsageError(`what ${data} predicts is settled; leave out --target.`);
  }
  if (!named && target === undefined) {
    throw new UsageError(`--data ${data}: which column is to be predicted? Give --target COLUMN.`);
  }
}

/** How rows are turned into numbers: as is usual for the set, and as flags say. */
function fitOptions(
  data: string,
  table: Table,
  usual: TableFitOptions,
  { target = usual.target!, missing, categorical = [], ignore = [] }: TableFlags,
): SettledFit {
  for (const name of [target, ...categorical, ...ignore]) columnIndex(table, name);
  if (ignore.includes(target)) {
    throw new UsageError(`--ignore ${target}: that is the column to predict; leave it out.`);
  }
  const ignored = [...(usual.ignore ?? []), ...ignore];
  const declared = { ...usual.types };
  for (const name of categorical) declared[name] = 'category';
  // Settled by all rows, as a few of them may look otherwise.
  const columns = table.columns.filter((name) => !ignored.includes(name));
  const types = columns.map((name): [string, ColumnType] => [
    name,
    Object.hasOwn(declared, name) ? declared[name]! : typeOf(data, table, name, name === target),
  ]);
  const kept = missing ?? usual.missing;
  // A category that is rare may be in the other part only.
  return {
    ...usual,
    target,
    types: Object.fromEntries(types),
    ignore: ignored,
    unknown: 'zeros',
    ...(kept === undefined ? {} : { missing: kept }),
  };
}

/** What the cells of a column are; throws where that is nothing to learn from. */
function typeOf(data: string, table: Table, name: string, isTarget: boolean): ColumnType {
  const index = columnIndex(table, name);
  const missing = new Set(MISSING_VALUES);
  const cells = table.rows.map((row) => row[index]!).filter((cell) => !missing.has(cell));
  const remedy = isTarget ? '' : `--ignore ${name} or `;
  if (cells.length === 0) {
    throw new UsageError(
      `column '${name}' of ${data} has no values; ` +
        (isTarget ? 'give another --target.' : `give --ignore ${name}.`),
    );
  }
  const type = inferColumnType(cells, missing);
  if (type === 'text') {
    throw new UsageError(
      `column '${name}' of ${data} is text (${showCell(cells[0]!)}, …); give ${remedy}` +
        `--categorical ${name}.`,
    );
  }
  return type === 'integer' ? 'number' : type;
}

/** The rows that have all that is needed; where others may not be left out, they are an error. */
export function selectComplete(table: Table, fit: TableFitOptions): Table {
  const { target, ignore = [], missing = 'error', features } = fit;
  const left = new Set([...ignore, ...(target === undefined ? [] : [target])]);
  const wanted = features ?? table.columns.filter((name) => !left.has(name));
  const none = new Set(fit.missingValues ?? MISSING_VALUES);
  const names = target === undefined ? wanted : [...wanted, target];
  try {
    return selectRows(table, completeRows(table, names, none, missing, target));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const message = error.message.replace(
      "choose missing: 'drop' or 'fill'",
      'give --missing drop or fill',
    );
    throw new FormatError(message, { cause: error });
  }
}

/**
 * Divides rows at random; each part keeps their order.
 *
 * @param isClasses Whether the target has classes, which then are in both parts in the same proportion.
 * @param fraction Share of the rows in the part `test`.
 * @throws UsageError where a part would be empty.
 */
export function divideRows(
  table: Table,
  target: string,
  isClasses: boolean,
  fraction: number,
  seed: number,
  flag = '--test-fraction',
): { train: Table; test: Table } {
  const n = table.rows.length;
  const count = Math.round(fraction * n);
  if (!(count > 0 && count < n)) {
    throw new UsageError(
      `${flag} ${fraction} of ${n} rows leaves a part without any; use a fraction that leaves some ` +
        'on both sides.',
    );
  }
  if (!isClasses) return splitTable(table, { test: fraction, seed });
  const { train, test } = stratifiedParts(labelsOf(table, target), count, seed);
  if (test.length === 0) {
    throw new UsageError(
      `--target ${target}: every row has a class of its own; name a column with fewer classes.`,
    );
  }
  return { train: selectRows(table, train), test: selectRows(table, test) };
}

/** The cells of the column to predict. */
export function labelsOf(table: Table, target: string): string[] {
  const index = columnIndex(table, target);
  return table.rows.map((row) => row[index]!);
}
