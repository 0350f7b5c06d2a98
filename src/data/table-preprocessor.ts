import { ArgumentError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/named-array.js';
import { ArrayDataset } from './array-dataset.js';
import { cellError, columnIndex, showCell, type Table } from './table.js';
import {
  completeRows,
  fitTable,
  numberAt,
  unknownCategory,
  type TableFitOptions,
} from './table-fit.js';
import {
  checkTableSpec,
  type CategorySpec,
  type ColumnSpec,
  type NumericSpec,
  type TableSpec,
} from './table-spec.js';

/** Rows as arrays. */
export interface TableArrays {
  /** f32 `[N, F]`, the columns named by `featureNames`. */
  readonly x: NamedArray;
  /** i32 `[N, C]`: codes of the categories, where the preprocessor keeps them apart. */
  readonly c?: NamedArray;
  /** Classes, i32 `[N]`, or numbers, f32 `[N, 1]`; absent where none were asked for. */
  readonly y?: NamedArray;
  /** Which row of the table each of the N is; all of them unless rows were dropped. */
  readonly rows: Int32Array;
}

/**
 * Turns rows of a table into the numbers that a model takes: fitted on the training part only, then
 * applied to every other part and to new rows, and kept with the model as JSON.
 *
 * @example
 * const { train, test } = splitTable(readCsv(text), { seed: 1 });
 * const preprocessor = TablePreprocessor.fit(train, { target: 'species', missing: 'fill' });
 * const set = preprocessor.dataset(test); // x f32 [N, F], y i32 [N]
 * const kept = JSON.stringify(preprocessor);
 */
export class TablePreprocessor {
  /** What each column of `x` is: the name of a numeric column, or `column=category`. */
  readonly featureNames: readonly string[];
  /** The columns behind `c`, in order; empty with one-hot categories. */
  readonly codeNames: readonly string[];
  /** Names of the classes in the order of their labels; empty where the target is a number. */
  readonly classes: readonly string[];

  private constructor(readonly spec: TableSpec) {
    const codes = spec.categories === 'codes';
    this.featureNames = spec.features.flatMap((f) => {
      if (f.type !== 'category') return [f.name];
      return codes ? [] : f.categories.map((category) => `${f.name}=${category}`);
    });
    this.codeNames = codes
      ? spec.features.filter((f) => f.type === 'category').map((f) => f.name)
      : [];
    this.classes = spec.target?.type === 'category' ? spec.target.categories : [];
  }

  /**
   * Learns types, categories, fillings and scales from the training part.
   *
   * @throws FormatError naming line and column of a cell that does not fit; ArgumentError for options
   *   that cannot be, and for a feature that is text.
   */
  static fit(table: Table, options: TableFitOptions = {}): TablePreprocessor {
    return new TablePreprocessor(fitTable(table, options));
  }

  /**
   * From what `toJSON` gave.
   *
   * @throws FormatError naming the field that is wrong.
   */
  static fromJSON(json: unknown): TablePreprocessor {
    return new TablePreprocessor(checkTableSpec(json));
  }

  /** All that it has learnt from the rows, for `fromJSON`. */
  toJSON(): TableSpec {
    return this.spec;
  }

  /**
   * Rows with their targets as a set to train or evaluate on.
   *
   * @returns columns `x` and `y`, and `c` where categories are codes.
   * @throws FormatError as `arrays`; ArgumentError where the preprocessor was fitted without a target.
   */
  dataset(table: Table): ArrayDataset<'x' | 'y'> {
    if (this.spec.target === null) {
      throw new ArgumentError('dataset: the preprocessor was fitted without a target; use arrays.');
    }
    const { x, c, y } = this.arrays(table, { target: true });
    const columns: Record<'x' | 'y', NamedArray> = { x, ...(c === undefined ? {} : { c }), y: y! };
    return new ArrayDataset(columns, this.classes.length > 0 ? { classes: this.classes } : {});
  }

  /**
   * Rows as arrays; columns are found by name, and others than those fitted are ignored.
   *
   * @param options.target whether the targets are wanted too; default false, for prediction.
   * @throws FormatError naming line and column of a cell that does not fit.
   */
  arrays(table: Table, options: { target?: boolean } = {}): TableArrays {
    const { features, missing, missingValues } = this.spec;
    const target = options.target === true ? this.spec.target : null;
    const none = new Set(missingValues);
    const wanted = [...features, ...(target === null ? [] : [target])].map(({ name }) => name);
    const rows = completeRows(table, wanted, none, missing, target?.name);
    const n = rows.length;
    const x = new Float32Array(this.elements(n, this.featureNames.length));
    const c = new Int32Array(this.elements(n, this.codeNames.length));
    let [column, code] = [0, 0];
    for (const spec of features) {
      const reader = new ColumnReader(table, spec, none);
      if (spec.type !== 'category') {
        reader.numbers(spec, rows, x, column++, this.featureNames.length);
      } else if (this.codeNames.length > 0) {
        const unknown = spec.categories.length;
        const codes = reader.codes(spec, rows, this.spec.unknown === 'zeros' ? unknown : undefined);
        for (let i = 0; i < n; i++) c[i * this.codeNames.length + code] = codes[i]!;
        code++;
      } else {
        const codes = reader.codes(spec, rows, this.spec.unknown === 'zeros' ? -1 : undefined);
        for (let i = 0; i < n; i++) {
          if (codes[i]! >= 0) x[i * this.featureNames.length + column + codes[i]!] = 1;
        }
        column += spec.categories.length;
      }
    }
    const array = { dtype: 'i32', shape: [n, this.codeNames.length], values: c } as const;
    return {
      x: { dtype: 'f32', shape: [n, this.featureNames.length], values: x },
      ...(this.codeNames.length > 0 ? { c: array } : {}),
      ...(target === null ? {} : { y: targets(table, target, rows, none) }),
      rows: Int32Array.from(rows),
    };
  }

  /**
   * Predictions of a numeric target in its own unit: undoes `targetScaling`.
   *
   * @throws ArgumentError where the target is not a number.
   */
  unscaleTarget(values: ArrayLike<number>): Float64Array {
    const { target } = this.spec;
    if (target === null || target.type === 'category') {
      throw new ArgumentError('unscaleTarget: the target is no number; there is nothing to undo.');
    }
    return Float64Array.from(values, (v) => v * target.scale + target.offset);
  }

  private elements(rows: number, columns: number): number {
    if (rows * columns > 2 ** 31 - 1) {
      throw new ArgumentError(
        `TablePreprocessor: ${rows} rows of ${columns} columns are beyond 2^31 - 1 values; ` +
          "use categories: 'codes', or fewer rows at a time.",
      );
    }
    return rows * columns;
  }
}

function targets(
  table: Table,
  target: ColumnSpec,
  rows: readonly number[],
  none: ReadonlySet<string>,
): NamedArray {
  const reader = new ColumnReader(table, target, none);
  const n = rows.length;
  if (target.type === 'category') {
    return { dtype: 'i32', shape: [n], values: reader.codes(target, rows, undefined) };
  }
  const values = new Float32Array(n);
  reader.numbers(target, rows, values, 0, 1);
  return { dtype: 'f32', shape: [n, 1], values };
}

/** Reads the cells of one column as its spec says. */
class ColumnReader {
  private readonly index: number;

  constructor(
    private readonly table: Table,
    spec: ColumnSpec,
    private readonly none: ReadonlySet<string>,
  ) {
    this.index = columnIndex(table, spec.name);
  }

  /** The scaled numbers, written to `out` at `column` of rows that have `width` columns. */
  numbers(
    spec: NumericSpec,
    rows: readonly number[],
    out: Float32Array,
    column: number,
    width: number,
  ): void {
    for (const [i, r] of rows.entries()) {
      const cell = this.table.rows[r]![this.index]!;
      const value =
        this.none.has(cell) && spec.fill !== null
          ? spec.fill
          : numberAt(this.table, r, this.index, spec.name, spec.type);
      const at = i * width + column;
      out[at] = (value - spec.offset) / spec.scale;
      if (!Number.isFinite(out[at])) {
        throw cellError(this.table, r, spec.name, `${showCell(cell)} is beyond the range of f32.`);
      }
    }
  }

  /** The positions among the categories; `unknown` for a cell that is none, or an error. */
  codes(spec: CategorySpec, rows: readonly number[], unknown: number | undefined): Int32Array {
    const positions = new Map(spec.categories.map((category, i) => [category, i]));
    const codes = new Int32Array(rows.length);
    for (const [i, r] of rows.entries()) {
      const cell = this.table.rows[r]![this.index]!;
      const known = this.none.has(cell) && spec.fill !== null ? spec.fill : cell;
      const code = positions.get(known) ?? unknown;
      if (code === undefined) throw unknownCategory(this.table, r, spec, cell);
      codes[i] = code;
    }
    return codes;
  }
}
