import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { Tensor } from '../tensor/index.js';
import { classNumbersOf, isRows, matrixOf, valuesOf, type Matrix } from './inputs.js';
import type { Rows, Values } from './metric.js';

/** Labels, and probabilities of class 1 alone, [N, 1], or of all classes, [N, C]. */
export interface Judged extends Matrix {
  readonly labels: ArrayLike<number>;
  /** The relative rounding error of the probabilities' dtype. */
  readonly epsilon: number;
}

/** How far the sum of a row may be from 1, as in scikit-learn for f32: √2⁻²³. */
const TOLERANCE = Math.sqrt(2 ** -23);

/** Checks labels and probabilities. */
export function judgedOf(op: string, labels: Values, probabilities: Values | Rows): Judged {
  const matrix = isRows(probabilities)
    ? matrixOf(op, 'probabilities', probabilities)
    : columnOf(valuesOf(probabilities));
  const { values, rows, columns } = matrix;
  const isMatrix = columns !== 1;
  const remedy = isMatrix
    ? 'give a probability for each class'
    : 'give probabilities of all classes, [N, C]';
  const named = { name: 'labels', values: labels };
  const { values: classes } = classNumbersOf(op, named, isMatrix ? columns : 2, remedy);
  if (classes.length !== rows) {
    throw new ShapeError(
      `${op}: there are ${classes.length} labels and probabilities of ${rows} samples; give as many ` +
        'of both.',
    );
  }
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const p = values[i * columns + c]!;
      sum += p;
      if (p >= 0 && p <= 1) continue;
      const place = isMatrix ? `probabilities[${i}][${c}]` : `probabilities[${i}]`;
      throw new ArgumentError(`${op}: ${place} is ${p}; give numbers from 0 to 1, not logits.`);
    }
    if (!isMatrix || Math.abs(sum - 1) <= TOLERANCE) continue;
    throw new ArgumentError(
      `${op}: probabilities[${i}] sum to ${sum}; give rows that sum to 1, as softmax does.`,
    );
  }
  const isSingle =
    (probabilities instanceof Tensor && probabilities.dtype === 'f32') ||
    values instanceof Float32Array;
  return { ...matrix, labels: classes, epsilon: isSingle ? 2 ** -23 : 2 ** -52 };
}

function columnOf(values: ArrayLike<number>): Matrix {
  return { values, rows: values.length, columns: 1 };
}
