import Papa from 'papaparse';
import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { showCell, type Table } from './table.js';
import { decodeText } from './text-lines.js';

/** How a CSV file is written, and what is read of it. */
export interface CsvOptions {
  /** Names the file in error messages; `.tsv` and `.tsv.gz` make a tab the default delimiter. */
  source?: string;
  /** One character; default `,`. */
  delimiter?: string;
  /**
   * True (the default): the first line names the columns. False: they are `column1`, `column2`, ….
   * Names: the file has no such line, and these are the columns.
   */
  header?: boolean | readonly string[];
  /** Whether spaces around a cell go; default true. */
  trim?: boolean;
  /** Whether `"` encloses cells (RFC 4180); default true. False takes it as any character. */
  quoting?: boolean;
  /** Of bytes, a name that TextDecoder knows; default `utf-8`. */
  encoding?: string;
}

/** Longer text than this the engines of today cannot hold in a string. */
export const MAX_CSV_BYTES = 2 ** 29 - 25;

/**
 * Reads comma- or tab-separated text: cells may be quoted and then hold delimiters, line breaks and
 * doubled quotes (RFC 4180). Lines end in LF, CRLF or CR; line breaks inside quotes become LF. Empty
 * lines are skipped.
 *
 * @param input text, or bytes to decode; not packed (`loadCsv` unpacks).
 * @throws FormatError naming the line: rows of another length than the header, a quote that does not
 *   close, two columns of one name, bytes that are not of the encoding.
 * @example
 * const table = readCsv('age,job\n39,teacher\n', { source: 'people.csv' });
 * table.rows[0]; // ['39', 'teacher']
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function readCsv(input: string | Uint8Array, options: CsvOptions = {}): Table {
  const { source = 'csv', header = true, trim = true, quoting = true } = options;
  const prefix = options.source === undefined ? source : `csv: ${source}`;
  const fail = (what: string): never => {
    throw new FormatError(`${prefix}: ${what}`);
  };
  const delimiter = options.delimiter ?? (/\.tsv(\.gz)?$/i.test(source) ? '\t' : ',');
  if (delimiter.length !== 1 || /["\r\n\ufeff]/.test(delimiter)) {
    throw new ArgumentError(
      `readCsv: delimiter is ${JSON.stringify(delimiter)}; give one character, not a quote or a ` +
        'line break.',
    );
  }
  if (typeof input !== 'string' && input.length > MAX_CSV_BYTES) {
    fail(`the file has ${input.length} bytes, the limit is ${MAX_CSV_BYTES}; divide it.`);
  }
  const named = { source: prefix, encoding: options.encoding ?? 'utf-8' };
  const raw = typeof input === 'string' ? input : decodeText(input, named);
  const text = raw.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const parsed = Papa.parse(text, {
    delimiter,
    newline: '\n',
    quoteChar: '"',
    skipEmptyLines: false,
    fastMode: quoting ? undefined : true,
  });
  const all = parsed.data;
  const starts = lineNumbers(all);
  const error = parsed.errors[0];
  if (error !== undefined) fail(quoteTrouble(error.code, starts[error.row ?? 0] ?? 1));
  const rows: string[][] = [];
  const lines: number[] = [];
  for (const [i, row] of all.entries()) {
    if (row.length === 1 && row[0]!.trim() === '') continue;
    rows.push(trim ? row.map((cell) => cell.trim()) : row);
    lines.push(starts[i]!);
  }
  const columns = columnNames(rows, lines, header, fail);
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0) {
    const found = rows[ragged]!.length;
    fail(
      `line ${lines[ragged]} has ${found} ${found === 1 ? 'cell' : 'cells'}, expected ` +
        `${columns.length}; check the delimiter (${JSON.stringify(delimiter)}) and the quotes.`,
    );
  }
  return { source, columns, rows, lines: Int32Array.from(lines) };
}

function quoteTrouble(code: string, line: number): string {
  return code === 'MissingQuotes'
    ? `a quote in the row that begins on line ${line} is never closed.`
    : `a quoted cell in the row that begins on line ${line} goes on after its quote; write a quote ` +
        'inside a cell as "".';
}

/** The line on which each row begins: a row is a line, and more by the breaks in its cells. */
function lineNumbers(rows: readonly string[][]): Int32Array {
  const starts = new Int32Array(rows.length);
  let line = 1;
  for (const [i, row] of rows.entries()) {
    starts[i] = line++;
    for (const cell of row) {
      for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) line++;
    }
  }
  return starts;
}

/** The names of the columns; takes the line with them off `rows` and `lines`. */
function columnNames(
  rows: string[][],
  lines: number[],
  header: boolean | readonly string[],
  fail: (what: string) => never,
): string[] {
  const first = rows[0];
  if (first === undefined && typeof header === 'boolean') {
    return fail('the file has no lines; expected a table.');
  }
  let names: string[];
  if (header === true) {
    names = first!.map((name, i) => (name === '' ? `column${i + 1}` : name));
    rows.shift();
    lines.shift();
  } else {
    names = header === false ? first!.map((_, i) => `column${i + 1}`) : [...header];
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) fail(`two columns are named ${showCell(name)}; rename one.`);
    seen.add(name);
  }
  return names;
}
