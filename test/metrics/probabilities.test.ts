// covers: src/metrics/probabilities.ts, src/metrics/log-loss.ts, src/metrics/brier-score.ts
// covers: src/metrics/calibration.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import {
  CalibrationError,
  brierScoreLoss,
  calibrationCurve,
  calibrationError,
  logLoss,
  rocAucScore,
} from '../../src/metrics/index.js';
import { tensor } from '../../src/tensor/index.js';

describe('probabilities', () => {
  test('of two classes may be one number each, or two', () => {
    const [labels, p] = [
      [0, 1, 1],
      [0.1, 0.8, 0.3],
    ] as const;
    const both = p.map((v) => [1 - v, v]);
    expect(logLoss(labels, both)).toBeCloseTo(logLoss(labels, p), 14);
    expect(brierScoreLoss(labels, both)).toBeCloseTo(brierScoreLoss(labels, p), 14);
    expect(logLoss(labels, tensor([[0.1], [0.8], [0.3]], { dtype: 'f64' }))).toBe(
      logLoss(labels, p),
    );
  });

  test('of class 1 may be rows of one number', () => {
    expect(logLoss([0, 1], [[0.1], [0.8]])).toBe(logLoss([0, 1], [0.1, 0.8]));
    expect(rocAucScore([0, 1], [[0.1], [0.8]])).toBe(1);
  });

  test('of 0 for the right class are as the smallest of their dtype', () => {
    expect(logLoss([1], [0])).toBe(52 * Math.LN2);
    expect(logLoss([1], Float32Array.of(0))).toBe(23 * Math.LN2);
    expect(logLoss([0], tensor([[0, 1]]))).toBe(23 * Math.LN2);
    // Right to the last bit where a class is all but certain.
    expect(logLoss([0], [1e-15])).toBeCloseTo(1e-15, 29);
  });

  test('that are none are refused', () => {
    expect(() => logLoss([0, 1], [0.5, 1.5])).toThrow(ArgumentError);
    expect(() => logLoss([0, 1], [0.5, 1.5])).toThrow(
      'log loss: probabilities[1] is 1.5; give numbers from 0 to 1, not logits.',
    );
    expect(() => brierScoreLoss([0], [[0.5, NaN]])).toThrow(
      'Brier score: probabilities[0][1] is NaN;',
    );
    expect(() =>
      logLoss(
        [0, 1],
        [
          [0.5, 0.5],
          [0.5, 0.4],
        ],
      ),
    ).toThrow('log loss: probabilities[1] sum to 0.9; give rows that sum to 1, as softmax does.');
    expect(() => logLoss([0], [[0.3335, 0.3333, 0.3333]])).not.toThrow();
  });

  test('have to fit the labels', () => {
    expect(() => logLoss([0, 1], [0.5])).toThrow(ShapeError);
    expect(() => logLoss([2], [0.5])).toThrow(IndexError);
    expect(() => logLoss([2], [0.5])).toThrow('give probabilities of all classes, [N, C].');
    expect(() => logLoss([2], [[0.5, 0.5]])).toThrow('give a probability for each class.');
  });
});

describe('calibration', () => {
  test('a bin is closed at its upper edge', () => {
    const { counts, probPred } = calibrationCurve([0, 1, 1, 0], [0, 0.5, 0.51, 1], { nBins: 2 });
    expect(counts).toEqual([2, 2]);
    expect(probPred).toEqual([0.25, 0.755]);
  });

  test('of certain and right answers the error is 0, of certain and wrong ones 1', () => {
    expect(calibrationError([0, 1, 1], [0, 1, 1])).toBe(0);
    expect(
      calibrationError(
        [0, 1, 2],
        [
          [0, 1, 0],
          [1, 0, 0],
          [1, 0, 0],
        ],
      ),
    ).toBe(1);
    // Of equal probabilities the first class is the answer.
    expect(
      calibrationError(
        [0, 0],
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ),
    ).toBe(0.5);
  });

  test.each([0, 2.5, NaN])('%f bins are refused', (nBins) => {
    expect(() => new CalibrationError({ nBins })).toThrow(`calibration error: nBins is ${nBins};`);
    expect(() => calibrationCurve([0], [0], { nBins })).toThrow(ArgumentError);
  });

  test('options and what is empty', () => {
    expect(() => new CalibrationError({ norm: 'l3' as 'l2' })).toThrow("norm is 'l3'; give 'l1',");
    const strategy = 'even' as 'uniform';
    expect(() => calibrationCurve([0], [0], { strategy })).toThrow("strategy is 'even';");
    expect(() => calibrationCurve([], [])).toThrow('calibration curve: there are no samples');
  });
});
