import { ArgumentError } from '../engine/core/errors.js';
import { checkZeroDivision, meanOf } from './averaging.js';
import { ClassCounts } from './class-counts.js';
import type { SampleOptions, Values } from './metric.js';
import { checkBeta } from './precision-recall.js';

/** Options of `precisionRecallFscoreSupport`. */
export interface ClassFiguresOptions extends SampleOptions {
  /** How many classes there are; default one more than the greatest number that occurs. */
  classes?: number;
  /** How many times as important as precision recall is; default 1. */
  beta?: number;
  /** What 0 / 0 is; default 0. */
  zeroDivision?: number;
}

/** Figures of each class, by class number. */
export interface ClassFigures {
  readonly precision: number[];
  readonly recall: number[];
  readonly fscore: number[];
  /** Samples of the class, or the sum of their weights. */
  readonly support: number[];
}

/**
 * Precision, recall, F-β and number of samples of each class.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @throws ShapeError for lengths that differ, IndexError for what is no class number, ArgumentError where
 *   there are no samples and for a beta or zeroDivision that cannot be.
 * @example
 * const { precision, support } = precisionRecallFscoreSupport([0, 1, 1, 2], [0, 1, 2, 2]);
 * precision; // [1, 1, 0.5]
 */
export function precisionRecallFscoreSupport(
  labels: Values,
  predictions: Values,
  options: ClassFiguresOptions = {},
): ClassFigures {
  const op = 'class figures';
  if (options.beta !== undefined) checkBeta(op, options.beta);
  return figuresOf(countsOf(op, labels, predictions, options), options);
}

function countsOf(
  op: string,
  labels: Values,
  predictions: Values,
  { classes, sampleWeight, zeroDivision = 0 }: ClassFiguresOptions,
): ClassCounts {
  checkZeroDivision(op, zeroDivision);
  const counts = new ClassCounts(op, classes);
  counts.add(labels, predictions, sampleWeight);
  counts.total();
  return counts;
}

function figuresOf(counts: ClassCounts, options: ClassFiguresOptions): ClassFigures {
  const { beta = 1, zeroDivision = 0 } = options;
  const { hits, labelled, predicted } = counts;
  const quotient = (above: number, below: number): number =>
    below === 0 ? zeroDivision : above / below;
  const b2 = beta * beta;
  return {
    precision: Array.from(hits, (n, c) => quotient(n, predicted[c]!)),
    recall: Array.from(hits, (n, c) => quotient(n, labelled[c]!)),
    fscore: Array.from(hits, (n, c) => quotient((1 + b2) * n, b2 * labelled[c]! + predicted[c]!)),
    support: Array.from(labelled),
  };
}

/** Options of `classificationReport`. */
export interface ReportOptions extends SampleOptions {
  /** Names of the classes, by number; all are shown then. The default is numbers of those that occur. */
  targetNames?: readonly string[];
  /** Digits behind the point; default 2. */
  digits?: number;
  /** What 0 / 0 is; default 0. */
  zeroDivision?: number;
}

/**
 * A table of precision, recall, F₁ and number of samples of each class, with accuracy and averages, as
 * scikit-learn prints it.
 *
 * @param labels the right classes, [N] or any shape, from 0.
 * @param predictions the classes that a model gives, in the same shape.
 * @returns lines of text, each with its end.
 * @throws as `precisionRecallFscoreSupport`; ArgumentError for digits that are no whole number.
 * @example
 * console.log(classificationReport([0, 0, 1], [0, 1, 1], { targetNames: ['cat', 'dog'] }));
 */
export function classificationReport(
  labels: Values,
  predictions: Values,
  options: ReportOptions = {},
): string {
  const { targetNames, digits = 2, ...rest } = options;
  checkDigits('classification report', digits);
  const given = targetNames === undefined ? {} : { classes: targetNames.length };
  const counts = countsOf('classification report', labels, predictions, { ...rest, ...given });
  const total = counts.total();
  const { precision, recall, fscore, support } = figuresOf(counts, rest);
  const shown = counts.present();
  const names = shown.map((c) => targetNames?.[c] ?? String(c));
  const width = Math.max(...names.map((name) => name.length), 'weighted avg'.length, digits);
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join('')}\n`;
  const row = (name: string, of: number, figure: (all: readonly number[]) => number): string => {
    const cells = [precision, recall, fscore].map((all) => fixed(figure(all), digits));
    return line(name, [...cells, amount(of)]);
  };
  const mean = (all: readonly number[], weights?: readonly number[]): number =>
    meanOf(
      shown.map((c) => all[c]!),
      weights && shown.map((c) => weights[c]!),
    );
  const accuracy = counts.hits.reduce((sum, n) => sum + n, 0) / total;
  return [
    line('', ['precision', 'recall', 'f1-score', 'support']),
    shown.map((c, i) => row(names[i]!, support[c]!, (all) => all[c]!)).join(''),
    line('accuracy', ['', '', fixed(accuracy, digits), amount(total)]) +
      row('macro avg', total, (all) => mean(all)) +
      row('weighted avg', total, (all) => mean(all, support)),
  ].join('\n');
}

function checkDigits(op: string, digits: number): void {
  if (Number.isInteger(digits) && digits >= 0 && digits <= 100) return;
  throw new ArgumentError(`${op}: digits is ${digits}; give an integer from 0 to 100.`);
}

const fixed = (value: number, digits: number): string =>
  Number.isNaN(value) ? 'nan' : value.toFixed(digits);

/** A number of samples, or a sum of weights with two digits at most. */
const amount = (value: number): string => String(Math.round(100 * value) / 100);

/** Options of `formatConfusionMatrix`. */
export interface FormatMatrixOptions {
  /** Names of the classes, by number; default the numbers. */
  targetNames?: readonly string[];
  /** Digits behind the point of what is no whole number; default 2. */
  digits?: number;
}

/**
 * A confusion matrix as a table: a row for each class, a column for what it is taken for.
 *
 * @param matrix `[label][prediction]`, [C, C].
 * @returns lines of text, each with its end.
 * @throws ArgumentError for a matrix that is not square, and for names of another number.
 * @example
 * const matrix = confusionMatrix([0, 0, 1], [0, 1, 1]);
 * console.log(formatConfusionMatrix(matrix, { targetNames: ['cat', 'dog'] }));
 */
export function formatConfusionMatrix(
  matrix: readonly (readonly number[])[],
  options: FormatMatrixOptions = {},
): string {
  const op = 'formatConfusionMatrix';
  const { targetNames = matrix.map((_, c) => String(c)), digits = 2 } = options;
  checkDigits(op, digits);
  const size = matrix.length;
  const odd = matrix.find((row) => row.length !== size);
  if (odd !== undefined) {
    throw new ArgumentError(
      `${op}: a row has ${odd.length} of ${size} cells; give a square matrix.`,
    );
  }
  if (targetNames.length !== size) {
    throw new ArgumentError(`${op}: there are ${targetNames.length} names for ${size} classes.`);
  }
  const cell = (n: number): string => (Number.isInteger(n) ? String(n) : fixed(n, digits));
  const rows = [
    ['true \\ predicted', ...targetNames],
    ...matrix.map((row, c) => [targetNames[c]!, ...row.map(cell)]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) => `${row.map((text, i) => text.padStart(widths[i]!)).join('  ')}\n`)
    .join('');
}
