import path from 'node:path';
import { timeSeriesFrom, type Table } from '../../data/index.js';
import { findDataFolder, loadCsv } from '../../data/node.js';
import { UsageError } from '../usage-error.js';
import { isTableFile, type Where } from './table-rows.js';

/** Values of the flags for series. */
export interface SeriesFlags {
  readonly target?: string;
  readonly time?: string;
  readonly testFraction?: number;
}

/** A series to forecast. */
export interface SeriesRows {
  readonly kind: 'series';
  readonly name: string;
  /** Where it came from, for a person to read. */
  readonly source: string;
  /** The column that is forecast. */
  readonly target: string;
  /** The column of times. */
  readonly time: string | null;
  /** All values, the earliest first. */
  readonly whole: Float64Array;
  /** Values to train and to validate on. */
  readonly train: Float64Array;
  /** The last values. */
  readonly test: Float64Array;
  /** Share of the values that are the test part. */
  readonly testFraction: number;
  /** The flags that were given. */
  readonly flags: SeriesFlags;
}

interface NamedSeries {
  readonly file: string;
  readonly time: string;
  readonly testFraction: number;
}

/** Series of the data set `timeseries`. */
const NAMED: ReadonlyMap<string, NamedSeries> = new Map([
  ['airline', { file: 'airline-passengers.csv', time: 'Month', testFraction: 1 / 3 }],
  ['sunspots', { file: 'monthly-sunspots.csv', time: 'Month', testFraction: 0.2 }],
]);
const TEST_FRACTION = 0.2;

/** Names of series that `--data` takes. */
export const SERIES_NAMES: readonly string[] = [...NAMED.keys()];

/** Whether a name is that of a series. */
export function isSeriesName(data: string): boolean {
  return NAMED.has(data);
}

/**
 * Reads a series by name, or from a file of rows.
 *
 * @throws UsageError for flags that do not fit; FileError; FormatError, naming line and column, for values
 *   and times that cannot be.
 */
export async function loadSeriesRows(
  data: string,
  flags: SeriesFlags,
  where: Where,
): Promise<SeriesRows> {
  const named = NAMED.get(data);
  if (named !== undefined && (flags.target !== undefined || flags.time !== undefined)) {
    const flag = flags.target === undefined ? '--time' : '--target';
    throw new UsageError(`the columns of ${data} are settled; leave out ${flag}.`);
  }
  if (named === undefined && !isTableFile(data)) {
    throw new UsageError(
      `there is no series '${data}'; known: ${SERIES_NAMES.join(', ')}, and files of rows that end in ` +
        '.csv or .tsv.',
    );
  }
  const table = await loadCsv(named === undefined ? data : await fileOf(named, where));
  const time = named?.time ?? flags.time ?? null;
  const { values, target } = seriesOf(data, table, flags.target, time);
  const testFraction = flags.testFraction ?? named?.testFraction ?? TEST_FRACTION;
  const test = Math.round(testFraction * values.length);
  if (test < 1 || test >= values.length) {
    throw new UsageError(
      `--test-fraction ${testFraction} of ${values.length} values leaves a part without any; use a ` +
        'fraction that leaves some on both sides.',
    );
  }
  const cut = values.length - test;
  return {
    kind: 'series',
    name: data,
    source: `${values.length} values of ${table.source}`,
    target,
    time,
    whole: values,
    train: values.subarray(0, cut),
    test: values.subarray(cut),
    testFraction,
    flags,
  };
}

async function fileOf({ file }: NamedSeries, where: Where): Promise<string> {
  return path.join(await findDataFolder('timeseries', 'timeseries', [file], where), file);
}

function seriesOf(
  data: string,
  table: Table,
  target: string | undefined,
  time: string | null,
): { values: Float64Array; target: string } {
  const others = table.columns.filter((name) => name !== time);
  if (target === undefined && others.length !== 1) {
    throw new UsageError(
      `--data ${data}: which column is to be forecast, and which has the times? Give --target COLUMN ` +
        `and --time COLUMN; there are ${table.columns.join(', ')}.`,
    );
  }
  const named = target ?? others[0]!;
  if (named === time) {
    throw new UsageError(`--target ${named}: that is the column of times; give another.`);
  }
  const options = time === null ? { target: named } : { target: named, time };
  return { values: timeSeriesFrom(table, options).columns[0]!, target: named };
}
