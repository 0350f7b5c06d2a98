import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/engine/core/errors.js';
import { mcNemar } from '../../src/metrics/index.js';
import { exactP } from '../../src/metrics/mcnemar.js';
import { STATISTICS } from './statistics-goldens.js';

test('counts the samples that only one of the two gets right', () => {
  const labels = [0, 1, 2, 3, 4, 5];
  expect(mcNemar(labels, [0, 1, 2, 3, 9, 9], [0, 9, 9, 9, 4, 8])).toEqual({
    onlyFirst: 3,
    onlySecond: 1,
    statistic: 1,
    // 2 (C(4,0) + C(4,1)) / 2^4.
    p: 0.625,
  });
});

test('the exact p-value by hand', () => {
  expect(exactP(0, 0)).toBe(1);
  expect(exactP(5, 5)).toBe(1);
  expect(exactP(0, 5)).toBeCloseTo(2 / 32, 14);
  expect(exactP(1, 9)).toBeCloseTo((2 * 11) / 1024, 14);
  expect(exactP(9, 1)).toBe(exactP(1, 9));
});

describe.each(STATISTICS.mcNemar.map((c) => [c.b, c.c, c] as const))(
  'only one right on %d, only the other on %d',
  (b, c, want) => {
    // One sample on which both are right belongs to it.
    const labels = new Uint8Array(1 + b + c);
    const wrongFrom = (start: number, end: number): Uint8Array =>
      labels.map((_, i) => (i > start && i <= end ? 1 : 0));
    const [first, second] = [wrongFrom(b, b + c), wrongFrom(0, b)];

    test('exact, as scipy.stats.binomtest', () => {
      const { p, statistic } = mcNemar(labels, first, second);
      expect(Math.abs(p / want.exact - 1)).toBeLessThan(1e-10);
      expect(statistic).toBe(Math.min(b, c));
    });

    test('χ², with and without the correction', () => {
      for (const correction of [true, false]) {
        const [chi2, value] = correction ? want.corrected : want.plain;
        const { p, statistic } = mcNemar(labels, first, second, { exact: false, correction });
        expect(statistic).toBeCloseTo(chi2, 10);
        expect(Math.abs(p / value - 1)).toBeLessThan(1e-10);
      }
    });
  },
);

test('answers of another number are refused', () => {
  expect(() => mcNemar([0, 1], [0, 1], [0])).toThrow(ShapeError);
  expect(() => mcNemar([0, 1], [0, 1], [0])).toThrow(
    'McNemar: there are 2 labels and 1 answers of the second; give as many of both.',
  );
  expect(() => mcNemar([], [], [])).toThrow('McNemar: there are no samples;');
});
