import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/engine/core/errors.js';
import { fiveByTwoTest, pairedTTest, type TTest } from '../../src/metrics/index.js';
import { STATISTICS } from './statistics-goldens.js';

function expectClose(found: TTest, want: TTest): void {
  expect(found.df).toBe(want.df);
  expect(found.difference).toBeCloseTo(want.difference, 14);
  expect(Math.abs(found.statistic / want.statistic - 1)).toBeLessThan(1e-10);
  expect(Math.abs(found.p / want.p - 1)).toBeLessThan(1e-10);
}

describe('paired t-test', () => {
  test.each(STATISTICS.pairedTTest.map((c, i) => [i, c] as const))("case %d as SciPy's", (_, c) => {
    const { first, second, testTrainRatio = 0 } = c;
    expectClose(pairedTTest(first, second, { testTrainRatio }), c);
    const other = pairedTTest(second, first, { testTrainRatio });
    expect([other.statistic, other.p]).toEqual([-c.statistic, other.p]);
  });

  test('of overlapping training parts is more careful', () => {
    const [a, b] = [
      [0.9, 0.92, 0.91],
      [0.89, 0.9, 0.9],
    ] as const;
    expect(pairedTTest(a, b, { testTrainRatio: 0.5 }).p).toBeGreaterThan(pairedTTest(a, b).p);
  });

  test('without variation', () => {
    expect(pairedTTest([1, 2], [0, 1])).toEqual({
      difference: 1,
      statistic: Infinity,
      df: 1,
      p: 0,
    });
    expect(pairedTTest([1, 2], [1, 2])).toEqual({ difference: 0, statistic: NaN, df: 1, p: NaN });
  });

  test('what cannot be tested is refused', () => {
    expect(() => pairedTTest([1], [2])).toThrow(
      'paired t-test: there are 1 pairs; give at least two.',
    );
    expect(() => pairedTTest([1, 2], [2])).toThrow(ShapeError);
    expect(() => pairedTTest([1, NaN], [2, 3])).toThrow('paired t-test: first[1] is NaN;');
    expect(() => pairedTTest([1, 2], [2, 3], { testTrainRatio: -1 })).toThrow(
      'testTrainRatio is -1;',
    );
  });
});

describe('5×2cv test', () => {
  test.each(STATISTICS.fiveByTwo.map((c, i) => [i, c] as const))('case %d', (_, c) => {
    expectClose(fiveByTwoTest(c.first, c.second), c);
  });

  test('other shapes are refused', () => {
    const rows = [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    expect(() => fiveByTwoTest(rows, rows.slice(1))).toThrow(ArgumentError);
    expect(() => fiveByTwoTest(rows, rows.slice(1))).toThrow(
      '5×2cv test: second has 4 rows of 2 values; give five repeats of two.',
    );
    expect(() =>
      fiveByTwoTest(
        rows.map(([a]) => [a!]),
        rows,
      ),
    ).toThrow('5 rows of 1 values');
    expect(() => fiveByTwoTest([...rows.slice(1), [1, NaN]], rows)).toThrow('first[9] is NaN');
  });
});
