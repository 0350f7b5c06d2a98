import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { nearestName } from './nearest-name.js';
import { permutation } from './random.js';

/** Rows of text cells under named columns, as a CSV file has them; see `readCsv`. */
export interface Table {
  /** The file, for error messages. */
  readonly source: string;
  readonly columns: readonly string[];
  /** Each as long as `columns`. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the source on which each row begins, from 1. */
  readonly lines: Int32Array;
}

/** What a cell may be given as where rows are made in code; null is a missing value. */
export type Cell = string | number | boolean | null;

/**
 * A table made in code, of rows to predict for example. Columns are those of the first record.
 *
 * @throws ArgumentError where a record has other keys than the first.
 * @example
 * const table = tableFrom([{ age: 39, job: 'teacher' }, { age: null, job: 'nurse' }]);
 */
export function tableFrom(
  records: readonly Readonly<Record<string, Cell>>[],
  source = 'rows',
): Table {
  const columns = Object.keys(records[0] ?? {});
  const rows = records.map((record, i) => {
    const missing = columns.find((name) => !Object.hasOwn(record, name));
    const extra = Object.keys(record).find((name) => !columns.includes(name));
    if (missing !== undefined || extra !== undefined) {
      throw new ArgumentError(
        `tableFrom: record ${i} ${missing === undefined ? 'also has' : 'lacks'} ` +
          `'${missing ?? extra}'; every record needs the keys of the first: ${columns.join(', ')}.`,
      );
    }
    return columns.map((name) => String(record[name] ?? ''));
  });
  return { source, columns, rows, lines: Int32Array.from(rows, (_, i) => i + 1) };
}

/** The rows `indices` of a table, in that order. */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  const list = Array.from(indices);
  const wrong = list.find((i) => table.rows[i] === undefined);
  if (wrong !== undefined) {
    throw new ArgumentError(`selectRows: row ${wrong} of ${table.rows.length} does not exist.`);
  }
  return {
    ...table,
    rows: list.map((i) => table.rows[i]!),
    lines: Int32Array.from(list, (i) => table.lines[i]!),
  };
}

/**
 * Divides the rows at random into a part to train on and a part to test on; each keeps the order of
 * the table, and the same seed gives the same parts. Divide before fitting a `TablePreprocessor`, so
 * that nothing of the test part gets into it.
 *
 * @param options.test share of the rows, between 0 and 1; default 0.2.
 * @throws ArgumentError where a part would be empty.
 */
export function splitTable(
  table: Table,
  options: { test?: number; seed?: number } = {},
): { train: Table; test: Table } {
  const { test = 0.2, seed = 0 } = options;
  const n = table.rows.length;
  const count = Math.round(test * n);
  if (!(count > 0 && count < n)) {
    throw new ArgumentError(
      `splitTable: a share of ${test} of ${n} rows leaves a part empty; give one between 0 and 1.`,
    );
  }
  const order = permutation(n, seed, 'split');
  return {
    train: selectRows(table, order.subarray(count).slice().sort()),
    test: selectRows(table, order.slice(0, count).sort()),
  };
}

/** The position of a column; throws, with the nearest name, where there is none. */
export function columnIndex(table: Table, name: string): number {
  const index = table.columns.indexOf(name);
  if (index >= 0) return index;
  const near = nearestName(name, table.columns);
  const shown = table.columns.slice(0, 30).join(', ');
  throw new FormatError(
    `${table.source}: there is no column '${name}'; ` +
      (near === undefined ? '' : `did you mean '${near}'? `) +
      `The table has ${shown}${table.columns.length > 30 ? ', …' : ''}.`,
  );
}

/** A FormatError that names line and column of a cell, and shows it. */
export function cellError(table: Table, row: number, column: string, what: string): FormatError {
  return new FormatError(`${table.source}: line ${table.lines[row]}, column '${column}': ${what}`);
}

/** A cell for a message: quoted, cut where it is long. */
export function showCell(cell: string): string {
  return cell.length > 60 ? `${JSON.stringify(cell.slice(0, 60))}…` : JSON.stringify(cell);
}
