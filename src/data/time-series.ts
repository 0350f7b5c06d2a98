import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { MISSING_VALUES, parseNumber } from './column-type.js';
import { cellError, columnIndex, showCell, type Table } from './table.js';

/** Numbers at even distances in time, the earliest first. */
export interface TimeSeries {
  /** Of the target, then of other columns. */
  readonly names: readonly string[];
  /** A column for each name, all of the same length. */
  readonly columns: readonly Float64Array[];
  /** When each row was, as the table says; absent where no column of times was named. */
  readonly times?: readonly string[];
}

/** Options of `timeSeriesFrom`. */
export interface TimeSeriesOptions {
  /** The column to forecast; default the only one that is not `time`. */
  readonly target?: string;
  /** The column of times; default none: rows are taken for evenly spaced. */
  readonly time?: string;
  /** Further columns that forecasts may look at; default none. */
  readonly features?: readonly string[];
}

/**
 * The rows of a table as a series. Times are years, months (1949-01), dates, dates with a time of ISO 8601,
 * or numbers; they have to ascend in even steps, of calendar months where they are months.
 *
 * @throws FormatError, naming line and column, for a value that is missing or no number, and for times that
 *   are none, repeat, go back or leave a gap; ArgumentError where the target is not clear.
 * @example
 * const series = timeSeriesFrom(await loadCsv('sales.csv'), { time: 'month', target: 'sold' });
 */
export function timeSeriesFrom(table: Table, options: TimeSeriesOptions = {}): TimeSeries {
  const { time, features = [] } = options;
  const target = options.target ?? onlyColumn(table, time);
  const names = [target, ...features];
  for (const [i, name] of names.entries()) {
    if (name !== time && !names.includes(name, i + 1)) continue;
    throw new ArgumentError(
      `timeSeriesFrom: column '${name}' is named twice; name each once, as time, target or feature.`,
    );
  }
  if (table.rows.length === 0) throw new FormatError(`${table.source}: the series has no rows.`);
  const columns = names.map((name) => numbersOf(table, name));
  if (time === undefined) return { names, columns };
  checkTimes(table, time);
  const index = columnIndex(table, time);
  return { names, columns, times: table.rows.map((row) => row[index]!) };
}

function onlyColumn({ source, columns }: Table, time: string | undefined): string {
  const rest = columns.filter((name) => name !== time);
  if (rest.length === 1) return rest[0]!;
  throw new ArgumentError(
    `timeSeriesFrom: ${source} has the columns ${columns.join(', ')}; name the target` +
      `${time === undefined ? ', and the time where there is one' : ''}.`,
  );
}

function numbersOf(table: Table, name: string): Float64Array {
  const index = columnIndex(table, name);
  return Float64Array.from(table.rows, (row, i) => {
    const cell = row[index]!;
    const value = parseNumber(cell);
    if (value !== undefined) return value;
    const what = MISSING_VALUES.includes(cell)
      ? 'the value is missing'
      : `${showCell(cell)} is no finite number`;
    throw cellError(table, i, name, `${what}; a series needs one at every step, so fill it in.`);
  });
}

/** A time as milliseconds, and as months where it stands at the beginning of one. */
interface Instant {
  readonly at: number;
  readonly months: number | null;
}

const DATE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/;

function instantOf(cell: string): Instant | undefined {
  const date = DATE.exec(cell);
  if (date === null) {
    const at = parseNumber(cell);
    return at === undefined ? undefined : { at, months: null };
  }
  const [, year, month = '01', day = '01'] = date;
  const hasClock = cell.length > 10;
  const isLocal = hasClock && !/(?:Z|[+-]\d{2}:\d{2})$/.test(cell);
  const iso = hasClock ? cell.replace(' ', 'T') + (isLocal ? 'Z' : '') : `${year}-${month}-${day}`;
  const at = Date.parse(iso);
  // Date.parse takes 30 February for a day of March.
  const isReal = new Date(`${year}-${month}-${day}`).getUTCDate() === Number(day);
  if (Number.isNaN(at) || !isReal) return undefined;
  return { at, months: day === '01' && !hasClock ? 12 * Number(year) + Number(month) - 1 : null };
}

function checkTimes(table: Table, name: string): void {
  const index = columnIndex(table, name);
  const cells = table.rows.map((row) => row[index]!);
  const instants = cells.map((cell, i) => {
    const instant = instantOf(cell);
    if (instant !== undefined) return instant;
    const what = `${showCell(cell)} is no time; write 2024, 2024-01, 2024-01-31, that with a clock`;
    throw cellError(table, i, name, `${what} as in 2024-01-31T12:00, or a number.`);
  });
  const areMonths = instants.every(({ months }) => months !== null);
  const counts = instants.map(({ at, months }) => (areMonths ? months! : at));
  const steps = counts.slice(1).map((value, i) => value - counts[i]!);
  const back = steps.findIndex((step) => !(step > 0));
  if (back >= 0) {
    const what = steps[back] === 0 ? 'repeats the time before' : `comes after ${cells[back]!}`;
    throw cellError(
      table,
      back + 1,
      name,
      `${cells[back + 1]!} ${what}; sort the rows by time, each once.`,
    );
  }
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  // Numbers such as 0.1, 0.2, 0.3 are even but for rounding.
  const odd = steps.findIndex((step) => Math.abs(step - usual) > 1e-6 * usual);
  if (odd < 0) return;
  throw cellError(
    table,
    odd + 1,
    name,
    `${cells[odd]!} to ${cells[odd + 1]!} is ${(steps[odd]! / usual).toPrecision(3)} of the usual step; ` +
      'fill in or take away rows, or name no column of times to count rows as even steps.',
  );
}
