// covers: src/metrics/regression.ts, src/metrics/regression-scores.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/engine/core/errors.js';
import {
  R2Score,
  explainedVarianceScore,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from '../../src/metrics/index.js';
import { tensor } from '../../src/tensor/index.js';

const all = {
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsolutePercentageError,
  r2Score,
  explainedVarianceScore,
};

describe.each(Object.entries(all))('%s', (_, metric) => {
  test('refuses what is not finite, and lengths that differ', () => {
    expect(() => metric([1, NaN], [1, 2])).toThrow(ArgumentError);
    expect(() => metric([1, NaN], [1, 2])).toThrow(': targets[1] is NaN; give finite numbers.');
    expect(() => metric([1, 2], [1, Infinity])).toThrow(': predictions[1] is Infinity;');
    expect(() => metric([1, 2], [1])).toThrow(ShapeError);
    // A column and a row of N values are N × N differences to some; here they are a mistake.
    expect(() => metric(tensor([1, 2]), tensor([[1], [2]]))).toThrow(
      'give both in the same shape.',
    );
    expect(metric(tensor([[1], [2]]), tensor([[1], [2]]))).toBe(metric([1, 2], [1, 2]));
  });
});

describe('R²', () => {
  test('of one sample is undefined, of equal targets 1 or 0', () => {
    expect(r2Score([1], [1])).toBeNaN();
    expect(r2Score([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1);
    expect(r2Score([0.1, 0.1, 0.1], [0.1, 0.1, 0.2])).toBe(0);
    const sampleWeight = [0.1, 0.7, 0.3];
    expect(r2Score([3, 3, 3], [3, 3, 4], { sampleWeight })).toBe(0);
    expect(explainedVarianceScore([3, 3, 3], [4.1, 4.1, 4.1], { sampleWeight })).toBe(1);
    expect(r2Score([1, 3], [2, 2])).toBe(0);
  });

  test('of far-off targets keeps its digits', () => {
    const metric = new R2Score();
    const [near, far] = [0, 1e9].map((offset) => {
      metric.reset();
      return metric
        .update(
          [1, 2, 3, 4].map((v) => v + offset),
          [1, 2, 3, 3].map((v) => v + offset),
        )
        .compute();
    });
    expect(far).toBeCloseTo(near!, 12);
  });

  test('several outputs are refused', () => {
    const two = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(() => r2Score(two, two)).toThrow(
      'R²: targets are [2, 2]; give one output at a time, [N].',
    );
    expect(meanAbsoluteError(two, two)).toBe(0);
  });
});
