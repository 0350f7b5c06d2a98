import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { checkFinite, classNumbersOf, matrixOf } from '../../src/metrics/inputs.js';
import { Accuracy, accuracyScore, topKAccuracyScore } from '../../src/metrics/index.js';
import { tensor } from '../../src/tensor/index.js';

describe('labels and predictions', () => {
  test('are arrays, typed arrays or tensors of one shape', () => {
    const labels = tensor(
      [
        [0, 1],
        [2, 2],
      ],
      { dtype: 'i32' },
    );
    const predictions = tensor(
      [
        [0, 1],
        [1, 2],
      ],
      { dtype: 'i32' },
    );
    expect(accuracyScore(labels, predictions)).toBe(0.75);
    expect(accuracyScore(labels, Uint8Array.of(0, 1, 1, 2))).toBe(0.75);
    expect(accuracyScore([0, 1, 2, 2], predictions)).toBe(0.75);
  });

  test('of different shapes are refused', () => {
    expect(() => accuracyScore([0, 1, 2], [0, 1])).toThrow(
      'accuracy: there are 3 labels and 2 predictions; give as many of both.',
    );
    const [labels, predictions] = [tensor([[0, 1]]), tensor([[0], [1]])];
    expect(() => accuracyScore(labels, predictions)).toThrow(ShapeError);
    expect(() => accuracyScore(labels, predictions)).toThrow(
      'accuracy: labels are [1, 2] and predictions [2, 1]; give both in the same shape.',
    );
  });

  test.each([-1, 0.5, NaN, Infinity])('%f is no class', (odd) => {
    const metric = new Accuracy().update([1], [1]);
    expect(() => metric.update([1, 0, odd], [1, 0, 0])).toThrow(IndexError);
    expect(() => metric.update([0, 0], [0, odd])).toThrow(
      `accuracy: predictions[1] is ${odd}; give class numbers, which count from 0.`,
    );
    expect(metric.compute()).toBe(1);
  });

  test('beyond the number of classes are refused', () => {
    expect(() => accuracyScore([0, 3], [0, 0], { classes: 3 })).toThrow(
      'accuracy: labels[1] is 3, but there are 3 classes; pass more classes.',
    );
    expect(() => accuracyScore([0, 2 ** 24], [0, 0])).toThrow('; number them from 0.');
    expect(() => accuracyScore([0], [0], { classes: 0 })).toThrow(ArgumentError);
  });

  test('the greatest is known after the check', () => {
    const end = (values: number[]) => classNumbersOf('f', { name: 'labels', values }, 9).end;
    expect([end([]), end([0]), end([3, 1])]).toEqual([0, 1, 4]);
  });
});

test('rows of scores become a matrix', () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  for (const given of [rows, tensor(rows), rows.map((row) => Float32Array.from(row))]) {
    const { values, rows: n, columns } = matrixOf('f', 'scores', given);
    expect([n, columns, ...Array.from(values)]).toEqual([2, 3, 1, 2, 3, 4, 5, 6]);
  }
  expect(matrixOf('f', 'scores', [])).toEqual({ values: new Float64Array(0), rows: 0, columns: 0 });
  expect(() => matrixOf('f', 'scores', [[1, 2], [3]])).toThrow(
    'f: scores[1] is 1 values, but row 0',
  );
  expect(() => matrixOf('f', 'scores', tensor([1, 2]))).toThrow('f: scores are [2]; give [N, C].');
  const flat = [0.1, 0.9] as unknown as number[][];
  expect(() => topKAccuracyScore([0, 1], flat)).toThrow('scores[0] is the number 0.1');
});

test('what is not finite is refused', () => {
  checkFinite('f', 'x', [1, -1e300]);
  expect(() => checkFinite('f', 'x', [1, NaN])).toThrow('f: x[1] is NaN; give finite numbers.');
});
