/**
 * What the cells of a column are: numbers, whole numbers, names of classes (which become codes or
 * one-hot columns), or text that means nothing to a model by itself.
 */
export type ColumnType = 'number' | 'integer' | 'category' | 'text';

/** The types that a column can have. */
export const COLUMN_TYPES: readonly ColumnType[] = ['number', 'integer', 'category', 'text'];

/** Cells that mean: no value. */
export const MISSING_VALUES: readonly string[] = ['', '?', 'NA', 'N/A', 'NaN', 'nan', 'null'];

/** Up to this many different cells, or one in this many rows, text is taken for categories. */
const FEW_CATEGORIES = 20;
const ROWS_PER_CATEGORY = 20;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a cell spells in decimal, or undefined; never infinite or NaN. */
export function parseNumber(cell: string): number | undefined {
  if (!NUMBER.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * The narrowest type that fits all cells but the missing ones: whole numbers, numbers, then
 * categories where at most 20 cells or one in 20 rows differ, otherwise text. No cells at all are
 * text.
 */
export function inferColumnType(cells: Iterable<string>, missing: ReadonlySet<string>): ColumnType {
  const different = new Set<string>();
  let count = 0;
  let numbers = true;
  let integers = true;
  for (const cell of cells) {
    if (missing.has(cell)) continue;
    count++;
    if (numbers) {
      const value = parseNumber(cell);
      if (value === undefined) numbers = false;
      else if (!Number.isSafeInteger(value)) integers = false;
    }
    different.add(cell);
  }
  if (count === 0) return 'text';
  if (numbers) return integers ? 'integer' : 'number';
  return different.size <= Math.max(FEW_CATEGORIES, count / ROWS_PER_CATEGORY)
    ? 'category'
    : 'text';
}

/** The different cells, in order: by value where all are numbers, otherwise by code units. */
export function categoriesOf(cells: Iterable<string>): string[] {
  const list = [...new Set(cells)].sort();
  const numeric = list.every((cell) => parseNumber(cell) !== undefined);
  return numeric ? list.sort((a, b) => Number(a) - Number(b)) : list;
}
