import { ArgumentError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape } from '../engine/core/shape.js';
import { Tensor } from '../tensor/index.js';
import type { Rows, Values } from './metric.js';

/** Row-major values of an array or a tensor. */
export function valuesOf(values: Values): ArrayLike<number> {
  return values instanceof Tensor ? values.dataSync() : values;
}

/** Throws a ShapeError unless two inputs have the same number of elements and, as tensors, shape. */
export function checkSameLength(op: string, a: Named, b: Named): void {
  const [first, second] = [a.values, b.values];
  if (first instanceof Tensor && second instanceof Tensor) {
    if (sameShape(first.shape, second.shape)) return;
    throw new ShapeError(
      `${op}: ${a.name} are ${formatShape(first.shape)} and ${b.name} ${formatShape(second.shape)}; ` +
        'give both in the same shape.',
    );
  }
  const [n, m] = [lengthOf(first), lengthOf(second)];
  if (n === m) return;
  throw new ShapeError(`${op}: there are ${n} ${a.name} and ${m} ${b.name}; give as many of both.`);
}

/** An input and what a message calls it. */
export interface Named {
  readonly name: string;
  readonly values: Values;
}

export function lengthOf(values: Values): number {
  return values instanceof Tensor ? values.size : values.length;
}

/** Throws an ArgumentError unless all values are finite. */
export function checkFinite(op: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new ArgumentError(`${op}: ${name}[${i}] is ${values[i]}; give finite numbers.`);
  }
}

/** The weights of `n` samples, or undefined where all count the same. */
export function weightsOf(
  op: string,
  sampleWeight: Values | undefined,
  n: number,
): ArrayLike<number> | undefined {
  if (sampleWeight === undefined) return undefined;
  const weights = valuesOf(sampleWeight);
  if (weights.length !== n) {
    throw new ShapeError(
      `${op}: sampleWeight has ${weights.length} values for ${n} samples; give one for each.`,
    );
  }
  for (let i = 0; i < n; i++) {
    if (weights[i]! >= 0 && weights[i]! < Infinity) continue;
    throw new ArgumentError(
      `${op}: sampleWeight[${i}] is ${weights[i]}; give finite weights that are not negative.`,
    );
  }
  return weights;
}

/** Class numbers, and one more than the greatest of them. */
export interface ClassNumbers {
  readonly values: ArrayLike<number>;
  readonly end: number;
}

/** More classes than this are more likely a mistake: of ids, or of values that are no classes. */
const MOST_CLASSES = 2 ** 24;

/**
 * Checks class numbers 0 … classes - 1.
 *
 * @param remedy what to do about a class of `classes` or more.
 */
export function classNumbersOf(
  op: string,
  { name, values: input }: Named,
  classes: number | undefined,
  remedy = 'pass more classes',
): ClassNumbers {
  const values = valuesOf(input);
  const limit = classes ?? MOST_CLASSES;
  let end = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= end) end = value + 1;
    if (Number.isInteger(value) && value >= 0 && value < limit) continue;
    if (!Number.isInteger(value) || value < 0) {
      throw new IndexError(
        `${op}: ${name}[${i}] is ${value}; give class numbers, which count from 0.`,
      );
    }
    throw new IndexError(
      `${op}: ${name}[${i}] is ${value}, but there are ${limit} classes; ` +
        (classes === undefined ? 'number them from 0.' : `${remedy}.`),
    );
  }
  return { values, end };
}

/** Labels with predictions, checked. */
export interface LabelledPairs {
  readonly labels: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  readonly weights: ArrayLike<number> | undefined;
  /** One more than the greatest class. */
  readonly end: number;
}

/** Checks class numbers of both kinds, and weights. */
export function labelledPairsOf(
  op: string,
  labels: Values,
  predictions: Values,
  options: { classes: number | undefined; sampleWeight: Values | undefined; remedy?: string },
): LabelledPairs {
  const [a, b] = [
    { name: 'labels', values: labels },
    { name: 'predictions', values: predictions },
  ];
  checkSameLength(op, a, b);
  const right = classNumbersOf(op, a, options.classes, options.remedy);
  const given = classNumbersOf(op, b, options.classes, options.remedy);
  return {
    labels: right.values,
    predictions: given.values,
    weights: weightsOf(op, options.sampleWeight, right.values.length),
    end: Math.max(right.end, given.end),
  };
}

/** Checks an option that tells the number of classes. */
export function checkClasses(op: string, classes: number | undefined): void {
  if (classes === undefined) return;
  if (Number.isInteger(classes) && classes >= 1 && classes <= MOST_CLASSES) return;
  throw new ArgumentError(
    `${op}: classes is ${classes}; give an integer from 1 to ${MOST_CLASSES}.`,
  );
}

/** A matrix, row by row. */
export interface Matrix {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Whether an input has several values for each sample. */
export function isRows(input: Values | Rows): input is Rows {
  if (input instanceof Tensor) return input.shape.length > 1 && input.shape.at(-1) !== 1;
  return typeof input[0] === 'object';
}

/** Rows as one matrix; throws a ShapeError where they are no matrix. */
export function matrixOf(op: string, name: string, rows: Rows): Matrix {
  if (rows instanceof Tensor) {
    const { shape } = rows;
    if (shape.length !== 2) {
      throw new ShapeError(`${op}: ${name} are ${formatShape(shape)}; give [N, C].`);
    }
    return { values: rows.dataSync(), rows: shape[0]!, columns: shape[1]! };
  }
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    if (typeof row !== 'object' || row.length !== columns) {
      const what = typeof row === 'object' ? `${row.length} values` : `the number ${String(row)}`;
      throw new ShapeError(
        `${op}: ${name}[${i}] is ${what}, but row 0 has ${columns} values; give one row for ` +
          'each sample, with a value for each class.',
      );
    }
    values.set(row, i * columns);
  }
  return { values, rows: rows.length, columns };
}

/** Throws an ArgumentError unless there are samples to compute something of. */
export function checkSamples(op: string, samples: number, weight: number): void {
  if (samples === 0) throw new ArgumentError(`${op}: there are no samples; give at least one.`);
  if (weight > 0) return;
  throw new ArgumentError(`${op}: the sample weights sum to 0; give one sample at least a weight.`);
}
