import { ArgumentError } from '../engine/core/errors.js';
import { foldSettings, type Fold } from './fold.js';

/** Options of `timeSeriesSplit`. */
export interface TimeSeriesSplitOptions {
  /** Number of splits; default 5. */
  nSplits?: number;
  /** Samples to test on in each; default ⌊n / (nSplits + 1)⌋. */
  testSize?: number;
  /** The most samples to train on, the latest; default all there are. */
  maxTrainSize?: number;
  /** Samples left out between the two parts; default 0. */
  gap?: number;
}

/**
 * Splits of samples in the order of time: each is tested on what comes after all it is trained on, and
 * trained on what the one before was tested on, too.
 *
 * @param n number of samples, the earliest first.
 * @returns the splits, from the earliest test to the latest.
 * @throws ArgumentError where n is too small for the splits asked for.
 * @example
 * timeSeriesSplit(6, { nSplits: 2 }).map(({ test }) => test); // [[2, 3], [4, 5]]
 */
export function timeSeriesSplit(n: number, options: TimeSeriesSplitOptions = {}): Fold[] {
  const op = 'timeSeriesSplit';
  const { nSplits = 5, gap = 0, maxTrainSize = Infinity } = options;
  foldSettings(op, n, { nSplits });
  const testSize = options.testSize ?? Math.floor(n / (nSplits + 1));
  checkSize(op, 'gap', gap, 0);
  if (maxTrainSize !== Infinity) checkSize(op, 'maxTrainSize', maxTrainSize, 1);
  if (options.testSize !== undefined) checkSize(op, 'testSize', testSize, 1);
  const first = n - nSplits * testSize;
  if (testSize < 1 || first - gap < 1) {
    throw new ArgumentError(
      `${op}: ${n} samples are too few for ${nSplits} tests of ${Math.max(1, testSize)} samples, a gap ` +
        `of ${gap} and something to train on; use fewer splits or smaller tests.`,
    );
  }
  return Array.from({ length: nSplits }, (_, i) => {
    const start = first + i * testSize;
    const end = start - gap;
    return {
      train: range(Math.max(0, end - maxTrainSize), end),
      test: range(start, start + testSize),
    };
  });
}

function checkSize(op: string, name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ArgumentError(`${op}: ${name} is ${value}; give an integer of at least ${least}.`);
}

/** The integers from `start` up to `end`, which is left out. */
function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}
