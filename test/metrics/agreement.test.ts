import { describe, expect, test } from 'vitest';
import { CohenKappa, cohenKappaScore, matthewsCorrcoef } from '../../src/metrics/index.js';

describe('agreement', () => {
  test('full, none and undefined', () => {
    expect(matthewsCorrcoef([0, 1, 2], [0, 1, 2])).toBeCloseTo(1, 14);
    expect(matthewsCorrcoef([0, 1], [1, 0])).toBe(-1);
    expect(matthewsCorrcoef([0, 1, 1], [1, 1, 1])).toBe(0);
    expect(cohenKappaScore([0, 1, 2], [0, 1, 2])).toBe(1);
    expect(cohenKappaScore([3, 3], [3, 3])).toBeNaN();
    expect(cohenKappaScore([0, 1], [1, 1])).toBe(0);
  });

  test('weights that add up to the same after rounding leave a constant a constant', () => {
    const sampleWeight = Array.from({ length: 30 }, (_, i) => 0.1 + i / 7);
    const labels = sampleWeight.map((_, i) => i % 2);
    expect(
      matthewsCorrcoef(
        labels,
        sampleWeight.map(() => 1),
        { sampleWeight },
      ),
    ).toBe(0);
  });

  test('a mistake further off costs more', () => {
    const near = cohenKappaScore([0, 1, 2, 3], [1, 1, 2, 3], { weights: 'linear' });
    const far = cohenKappaScore([0, 1, 2, 3], [3, 1, 2, 3], { weights: 'linear' });
    expect(near).toBeGreaterThan(far);
  });

  test('unknown weights and too many classes are refused', () => {
    expect(() => new CohenKappa({ weights: 'cubic' as 'linear' })).toThrow(
      "weights is 'cubic'; give",
    );
    expect(() => cohenKappaScore([9000], [0])).toThrow(
      "Cohen's kappa: 9001 classes are more than the 8192 of which a matrix fits;",
    );
  });
});
