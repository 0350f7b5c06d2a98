import { gunzip, isGzip } from '../../io/gzip.js';
import { readFile } from '../../io/node.js';
import { MAX_CSV_BYTES, readCsv, type CsvOptions } from '../csv.js';
import type { Table } from '../table.js';

/**
 * Reads a CSV or TSV file, packed with gzip or not, as `readCsv` does.
 *
 * @throws FileError where it cannot be read, FormatError naming file and line where it is malformed.
 * @example
 * const table = await loadCsv('iris.csv', { header: ['length', 'width', 'species'] });
 */
export async function loadCsv(
  file: string,
  options: Omit<CsvOptions, 'source'> = {},
): Promise<Table> {
  const bytes = await readFile(file);
  const text = isGzip(bytes) ? await gunzip(bytes, MAX_CSV_BYTES, `csv: ${file}: `) : bytes;
  return readCsv(text, { ...options, source: file });
}
