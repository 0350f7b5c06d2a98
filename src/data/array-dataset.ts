import { allocate, type TypedArray } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sizeOf } from '../engine/core/shape.js';
import { checkArray, type NamedArray } from '../io/named-array.js';
import { affineOf, normalizeInto, type Affine, type Normalization } from './normalization.js';
import { checkIndex, type Batch, type Dataset, type Sample } from './dataset.js';

/** Options of `ArrayDataset`. */
export interface ArrayDatasetOptions<K extends string> {
  /** Names of the classes, in the order of their labels. */
  classes?: readonly string[];
  /** The column that holds the labels; default `y`. Checked where `classes` are given. */
  labels?: K;
}

interface Column {
  readonly array: NamedArray;
  /** Elements of one sample. */
  readonly row: number;
  /** What is read is f32, after this. */
  readonly affine?: Affine;
}

/**
 * A set in memory: columns of equal length, whose values are shared with the caller, not copied.
 *
 * @typeParam K names of the columns; `x` and `y` by custom.
 * @throws ShapeError, DTypeError for columns that contradict their declaration or differ in length;
 *   IndexError for a label outside 0 … classes - 1, naming its index and value.
 * @example
 * const set = new ArrayDataset(
 *   {
 *     x: { dtype: 'f32', shape: [3, 2], values: new Float32Array(6) },
 *     y: { dtype: 'i32', shape: [3], values: new Int32Array([0, 1, 1]) },
 *   },
 *   { classes: ['cat', 'dog'] },
 * );
 * set.get(2).y.values; // Int32Array [1]
 */
export class ArrayDataset<K extends string = string> implements Dataset<K> {
  readonly length: number;
  readonly classes: readonly string[];
  private readonly columns: ReadonlyMap<K, Column>;

  constructor(columns: Readonly<Record<K, NamedArray>>, options: ArrayDatasetOptions<K> = {}) {
    const map = new Map<K, Column>();
    let length: number | undefined;
    for (const [name, array] of Object.entries(columns) as [K, NamedArray][]) {
      checkArray('ArrayDataset', name, array);
      const rows = array.shape[0];
      if (rows === undefined || rows !== (length ?? rows)) {
        throw new ShapeError(
          `ArrayDataset: column '${name}' has shape ${formatShape(array.shape)}` +
            (rows === undefined
              ? '; dim 0 must count the samples.'
              : `, but the columns before it have ${length} samples; dim 0 must agree.`),
        );
      }
      length = rows;
      map.set(name, { array, row: sizeOf(array.shape.slice(1)) });
    }
    if (length === undefined) throw new ArgumentError('ArrayDataset: give at least one column.');
    this.length = length;
    this.columns = map;
    this.classes = options.classes ?? [];
    const labels = options.labels ?? ('y' as K);
    if (options.classes !== undefined || options.labels !== undefined) {
      checkLabels(labels, this.columnOf('ArrayDataset', labels).array, this.classes.length);
    }
  }

  /** Names of the columns, in order. */
  get names(): K[] {
    return [...this.columns.keys()];
  }

  get(index: number): Sample<K> {
    checkIndex('get', index, this.length);
    const sample: Partial<Record<K, NamedArray>> = {};
    for (const [name, column] of this.columns) {
      const { dtype, shape, values } = column.array;
      const row = values.subarray(index * column.row, (index + 1) * column.row);
      const plain = { dtype, shape: shape.slice(1), values: row };
      sample[name] = column.affine === undefined ? plain : converted(plain, column.affine);
    }
    return sample as Sample<K>;
  }

  /** The samples `indices`, stacked; see `Dataset.batch`. */
  batch(indices: Int32Array, into?: Batch<K>): Batch<K> {
    const batch: Partial<Record<K, NamedArray>> = {};
    for (const [name, column] of this.columns) {
      const dtype = column.affine === undefined ? column.array.dtype : 'f32';
      const size = indices.length * column.row;
      const reused = into?.[name];
      if (reused !== undefined && (reused.dtype !== dtype || reused.values.length < size)) {
        throw new ShapeError(
          `batch: column '${name}' needs ${size} values of ${dtype}, the arrays to reuse have ` +
            `${reused.values.length} of ${reused.dtype}; pass those of an earlier batch.`,
        );
      }
      const values = reused?.values.subarray(0, size) ?? allocate(dtype, size);
      copyRows(column, indices, values, this.length);
      const shape = [indices.length, ...column.array.shape.slice(1)];
      batch[name] = { dtype, shape, values };
    }
    return batch as Batch<K>;
  }

  /**
   * A whole column, `[N, ...]`, as samples have it. Not a copy unless the column is normalized.
   *
   * @throws ArgumentError where there is no such column.
   */
  column(name: K): NamedArray {
    const { array, affine } = this.columnOf('column', name);
    return affine === undefined ? array : converted(array, affine);
  }

  /**
   * The same set, with a column read as f32 (scale · value - mean) / std. The values stay stored as
   * they are and convert as they are read.
   *
   * @throws ArgumentError for a column that does not exist or is normalized already, and std ≤ 0;
   *   ShapeError where a list of means is not one for each channel.
   * @example
   * train.normalized('x', { mean: 0.286, std: 0.353 });
   */
  normalized(name: K, normalization: Normalization): ArrayDataset<K> {
    const column = this.columnOf('normalized', name);
    if (column.affine !== undefined) {
      throw new ArgumentError(`normalized: column '${name}' is normalized already.`);
    }
    const affine = affineOf('normalized', column.array, normalization);
    return this.with(name, { ...column, affine });
  }

  /**
   * The same set, with the samples of a column in another shape of as many elements.
   *
   * @throws ShapeError where the number of elements differs.
   * @example
   * train.reshaped('x', [784]);
   */
  reshaped(name: K, shape: readonly number[]): ArrayDataset<K> {
    const column = this.columnOf('reshaped', name);
    if (sizeOf(shape) !== column.row) {
      throw new ShapeError(
        `reshaped: a sample of '${name}' has shape ${formatShape(column.array.shape.slice(1))}, ` +
          `${column.row} elements; shape ${formatShape(shape)} has ${sizeOf(shape)}.`,
      );
    }
    return this.with(name, {
      ...column,
      array: { ...column.array, shape: [this.length, ...shape] },
    });
  }

  private with(name: K, column: Column): ArrayDataset<K> {
    const copy = Object.create(ArrayDataset.prototype) as ArrayDataset<K>;
    return Object.assign(copy, this, { columns: new Map(this.columns).set(name, column) });
  }

  private columnOf(op: string, name: K): Column {
    const column = this.columns.get(name);
    if (column === undefined) {
      throw new ArgumentError(
        `${op}: there is no column '${name}'; the set has ${this.names.join(', ')}.`,
      );
    }
    return column;
  }
}

function copyRows(column: Column, indices: Int32Array, out: TypedArray, length: number): void {
  const { array, row, affine } = column;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    checkIndex('batch', index, length);
    const start = index * row;
    if (affine !== undefined) normalizeInto(array.values, start, row, affine, out, i * row);
    else if (row === 1) out[i] = array.values[start]!;
    else out.set(array.values.subarray(start, start + row), i * row);
  }
}

function converted(array: NamedArray, affine: Affine): NamedArray {
  const values = new Float32Array(array.values.length);
  normalizeInto(array.values, 0, values.length, affine, values, 0);
  return { dtype: 'f32', shape: array.shape, values };
}

function checkLabels(name: string, { dtype, shape, values }: NamedArray, classes: number): void {
  if (shape.length !== 1 || dtype === 'bool') {
    throw new DTypeError(
      `ArrayDataset: labels '${name}' are ${dtype} ${formatShape(shape)}; ` +
        'give one integer per sample, [N].',
    );
  }
  const i = values.findIndex((v: number) => !(Number.isInteger(v) && v >= 0 && v < classes));
  if (i >= 0) {
    throw new IndexError(
      `ArrayDataset: label ${values[i]} at index ${i} of '${name}' is outside 0…${classes - 1} ` +
        `(${classes} classes); correct the label or name its class.`,
    );
  }
}
