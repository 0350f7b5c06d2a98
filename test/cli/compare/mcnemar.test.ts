import { expect, test } from 'vitest';
import { exactP, mcNemar } from '../../../src/cli/compare/mcnemar.js';

test('counts the samples that only one of the two gets right', () => {
  const labels = [0, 1, 2, 3, 4, 5];
  expect(mcNemar(labels, [0, 1, 2, 3, 9, 9], [0, 9, 9, 9, 4, 8])).toEqual({
    onlyFirst: 3,
    onlySecond: 1,
    // 2 (C(4,0) + C(4,1)) / 2^4.
    p: 0.625,
  });
});

test('the exact p-value, by hand and by scipy.stats.binomtest(min(b, c), b + c)', () => {
  expect(exactP(0, 0)).toBe(1);
  expect(exactP(5, 5)).toBe(1);
  expect(exactP(0, 5)).toBeCloseTo(2 / 32, 14);
  expect(exactP(1, 9)).toBeCloseTo((2 * 11) / 1024, 14);
  expect(exactP(9, 1)).toBe(exactP(1, 9));
  for (const [b, c, p] of SCIPY) expect(Math.abs(exactP(b, c) / p - 1)).toBeLessThan(1e-10);
});

/** SciPy 1.17.1, `binomtest(min(b, c), b + c).pvalue`. */
const SCIPY: readonly (readonly [number, number, number])[] = [
  [0, 5, 0.0625],
  [1, 9, 0.021484375],
  [3, 12, 0.03515625],
  [20, 41, 0.009853448195259268],
  [649, 220, 8.054181541669877e-50],
  [150, 149, 1.0],
  [4000, 4200, 0.027972423571324654],
  [10, 990, 4.9666775829792705e-278],
];
