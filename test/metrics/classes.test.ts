/** What is not in the goldens: conventions, and what is refused. */
// covers: src/metrics/accuracy.ts, src/metrics/precision-recall.ts, src/metrics/top-k-accuracy.ts
// covers: src/metrics/ratio-metric.ts, src/metrics/jaccard.ts
// covers: src/metrics/confusion-matrix.ts, src/metrics/class-pairs.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import {
  BalancedAccuracy,
  ConfusionMatrix,
  FBeta,
  Precision,
  confusionMatrix,
  f1Score,
  fbetaScore,
  precisionScore,
  recallScore,
  topKAccuracyScore,
} from '../../src/metrics/index.js';
import { tensor } from '../../src/tensor/index.js';

describe('precision and recall', () => {
  test('figures of each class, by number', () => {
    const precision = new Precision({ average: 'macro', zeroDivision: NaN });
    precision.update([0, 1, 1, 3], [0, 1, 3, 3]);
    expect(precision.perClass()).toEqual([1, 1, NaN, 0.5]);
    // Class 2 does not occur.
    expect(precision.compute()).toBeCloseTo(2.5 / 3, 14);
    expect(() => new Precision({ average: 'macro' }).perClass()).toThrow('there are no samples');
  });

  test("'binary' is for two classes", () => {
    expect(() => precisionScore([0, 1, 2], [0, 1, 1])).toThrow(
      'precision: labels[2] is 2, but there are 2 classes; ' +
        "for more classes pass average: 'macro', 'micro' or 'weighted'.",
    );
    expect(recallScore([0, 0, 0, 1], [0, 1, 0, 1], { posLabel: 0 })).toBeCloseTo(2 / 3, 14);
  });

  test('β from 0, precision, towards infinity, recall', () => {
    const args = [
      [0, 1, 1, 1, 0],
      [1, 1, 1, 0, 0],
    ] as const;
    expect(fbetaScore(...args, { beta: 0 })).toBe(precisionScore(...args));
    expect(fbetaScore(...args, { beta: 1e6 })).toBeCloseTo(recallScore(...args), 10);
    expect(fbetaScore(...args, { beta: 1 })).toBe(f1Score(...args));
  });

  test.each([
    [{ average: 'samples' }, "precision: average is 'samples'; give 'binary', 'micro',"],
    [{ posLabel: 2 }, 'precision: posLabel is 2; give 0 or 1.'],
    [{ zeroDivision: 0.5 }, 'precision: zeroDivision is 0.5; give 0, 1 or NaN.'],
  ])('%j is refused', (options, message) => {
    expect(() => new Precision(options as object)).toThrow(ArgumentError);
    expect(() => new Precision(options as object)).toThrow(message);
  });

  test.each([-1, NaN, Infinity])('β of %f is refused', (beta) => {
    expect(() => new FBeta({ beta })).toThrow(`F-beta: beta is ${beta};`);
  });
});

test('balanced accuracy leaves out classes without labels', () => {
  expect(new BalancedAccuracy({ classes: 5 }).update([0, 0, 1], [0, 4, 1]).compute()).toBe(0.75);
  expect(new BalancedAccuracy({ adjusted: true }).update([0, 0], [0, 1]).compute()).toBeNaN();
});

describe('confusion matrix', () => {
  test('has as many classes as asked for, or as needed', () => {
    const matrix = new ConfusionMatrix();
    matrix.update([0], [0]);
    expect(matrix.compute()).toEqual([[1]]);
    matrix.update([0], [2]);
    expect(matrix.compute()).toEqual([
      [1, 0, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(confusionMatrix([0], [0], { classes: 2 })).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  test('too many classes and unknown normalizations are refused', () => {
    expect(() => confusionMatrix([0, 8192], [0, 0])).toThrow('8193 classes are more than the 8192');
    expect(() => new ConfusionMatrix({ normalize: 'rows' as 'all' })).toThrow(
      "confusion matrix: normalize is 'rows'; give 'true', 'pred' or 'all'.",
    );
  });
});

describe('top-k accuracy', () => {
  test('of equal scores the lower class comes first', () => {
    const equal = [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ];
    expect(topKAccuracyScore([0, 1, 2], equal, { k: 1 })).toBeCloseTo(1 / 3, 14);
    expect(topKAccuracyScore([0, 1, 2], tensor(equal))).toBeCloseTo(2 / 3, 14);
    expect(topKAccuracyScore([0, 1, 2], equal, { k: 7 })).toBe(1);
  });

  test.each([0, 1.5, NaN])('k of %f is refused', (k) => {
    expect(() => topKAccuracyScore([0], [[1]], { k })).toThrow(`top-k accuracy: k is ${k};`);
  });

  test('labels and scores have to fit', () => {
    expect(() =>
      topKAccuracyScore(
        [0, 2],
        [
          [1, 2],
          [1, 2],
        ],
      ),
    ).toThrow('labels[1] is 2, but there are 2');
    expect(() =>
      topKAccuracyScore(
        [0],
        [
          [1, 2],
          [1, 2],
        ],
      ),
    ).toThrow('1 labels and scores of 2');
    expect(() =>
      topKAccuracyScore(
        [0, 1],
        [
          [1, 2],
          [NaN, 2],
        ],
      ),
    ).toThrow('scores[1] has a NaN');
  });
});
