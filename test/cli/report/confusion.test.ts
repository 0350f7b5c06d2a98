import { expect, test } from 'vitest';
import { classFigures, confusionMatrix } from '../../../src/cli/report/confusion.js';

test('rows are labels, columns predictions', () => {
  expect(confusionMatrix([0, 0, 1, 2, 2], [0, 1, 1, 0, 2], 4)).toEqual([
    [1, 1, 0, 0],
    [0, 1, 0, 0],
    [1, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
});

test('precision, recall and F1; undefined where nothing is there to divide by', () => {
  const figures = classFigures([
    [3, 1, 0],
    [0, 0, 0],
    [2, 0, 0],
  ]);
  expect(figures).toEqual([
    { support: 4, precision: 0.6, recall: 0.75, f1: 6 / 9 },
    { support: 0, precision: 0, recall: undefined, f1: 0 },
    { support: 2, precision: undefined, recall: 0, f1: 0 },
  ]);
});
