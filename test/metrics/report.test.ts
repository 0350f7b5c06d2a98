import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError } from '../../src/engine/core/errors.js';
import {
  classificationReport,
  confusionMatrix,
  formatConfusionMatrix,
  precisionRecallFscoreSupport,
} from '../../src/metrics/index.js';

test('classification report', () => {
  const names = { targetNames: ['cat', 'dog', 'owl'] };
  const lines = classificationReport([0, 0, 0, 1], [0, 0, 1, 1], names).split('\n');
  expect(lines).toEqual([
    '              precision    recall  f1-score   support',
    '',
    '         cat       1.00      0.67      0.80         3',
    '         dog       0.50      1.00      0.67         1',
    '         owl       0.00      0.00      0.00         0',
    '',
    '    accuracy                           0.75         4',
    '   macro avg       0.50      0.56      0.49         4',
    'weighted avg       0.88      0.75      0.77         4',
    '',
  ]);
  const weighted = { ...names, sampleWeight: [0.5, 1, 0.25, 1.125] };
  expect(classificationReport([0, 0, 0, 1], [0, 0, 1, 1], weighted)).toMatch(/dog .* 1\.13\n/);
  expect(classificationReport([0, 0], [0, 0], { ...names, zeroDivision: NaN })).toMatch(
    /owl +nan +nan/,
  );
});

test('figures of each class', () => {
  const { precision, recall, fscore, support } = precisionRecallFscoreSupport([0, 0, 1], [0, 3, 3]);
  expect([precision, recall, support]).toEqual([
    [1, 0, 0, 0],
    [0.5, 0, 0, 0],
    [2, 1, 0, 0],
  ]);
  expect(fscore[0]).toBeCloseTo(2 / 3, 14);
  expect(() => precisionRecallFscoreSupport([0], [0], { beta: -1 })).toThrow('beta is -1;');
  expect(() => precisionRecallFscoreSupport([0], [0], { zeroDivision: 2 })).toThrow(ArgumentError);
});

describe('confusion matrix', () => {
  test('as a table', () => {
    const matrix = confusionMatrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 1]);
    expect(formatConfusionMatrix(matrix, { targetNames: ['cat', 'ox'] })).toBe(
      [
        'true \\ predicted  cat  ox',
        '             cat    1   1',
        '              ox    0   3',
        '',
      ].join('\n'),
    );
    const shares = confusionMatrix([0, 0, 1], [0, 1, 1], { normalize: 'true' });
    expect(formatConfusionMatrix(shares, { digits: 1 })).toContain('0  0.5  0.5\n');
  });

  test('what is no square is refused', () => {
    expect(() => formatConfusionMatrix([[1, 2], [3]])).toThrow(
      'a row has 1 of 2 cells; give a square',
    );
    expect(() => formatConfusionMatrix([[1]], { targetNames: [] })).toThrow(ArgumentError);
  });
});

test('bad options and labels are refused', () => {
  expect(() => classificationReport([0], [0], { digits: -1 })).toThrow(
    'classification report: digits is -1; give an integer from 0 to 100.',
  );
  expect(() => classificationReport([0, 2], [0, 1], { targetNames: ['a', 'b'] })).toThrow(
    IndexError,
  );
  expect(() => classificationReport([], [])).toThrow('there are no samples');
});
