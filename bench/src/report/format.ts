import { summarize } from '../measure/statistics.js';

/** A number with three digits or so: 0.0123, 1.23, 12.3, 123, 1,234. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  const places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toFixed(places);
}

/** The median, and between which values half of the measurements lie. */
export function withSpread(values: readonly number[]): string {
  const { median, low, high } = summarize(values);
  return `${digits(median)} (${digits(low)}–${digits(high)})`;
}

export const percent = (fraction: number, places = 0): string =>
  `${(100 * fraction).toFixed(places)}%`;
export const times = (ratio: number): string => `${digits(ratio)}×`;
export const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns, from the first on, hold names; they go to the left, numbers to the right. */
  readonly names: number;
}

export function tableAsText({ head, rows, names }: Table): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < names ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

export function tableAsMarkdown({ head, rows, names }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = head.map((_, i) => (i < names ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
