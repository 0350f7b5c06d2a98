// covers: src/engine/compiler/bounds/number-of-sizes.ts
import { expect, test } from 'vitest';
import { fitNumber } from '../../../../src/engine/compiler/bounds/number-of-sizes.js';
import {
  difference,
  fitSize,
  formatSize,
  isFixed,
  samplePoints,
  sizeAt,
  sum,
} from '../../../../src/engine/compiler/bounds/size.js';

const POINTS = samplePoints([64, 100], false);

test('sample points change one size at a time, then all', () => {
  expect(POINTS).toEqual([
    [64, 100],
    [63, 100],
    [64, 99],
    [48, 74],
  ]);
  expect(samplePoints([4], true)).toEqual([[4], [5], [9]]);
});

test('an extent is a multiple of the sizes and a constant, or nothing is known of it', () => {
  const fit = fitSize(
    POINTS.map(([n, e]) => 2 * n! + e! - 3),
    POINTS,
  )!;
  expect(fit).toEqual({ base: -3, factors: [2, 1] });
  expect(sizeAt(fit, [5, 7])).toBe(14);
  expect(formatSize(fit, ['N', 'E'])).toBe('2·N + E - 3');
  expect(isFixed(fit)).toBe(false);
  expect(isFixed(difference(fit, fit))).toBe(true);
  expect(sizeAt(sum(fit, fit), [5, 7])).toBe(28);
  for (const f of [(n: number, e: number) => n * e, (n: number) => Math.floor(n / 2)]) {
    expect(
      fitSize(
        POINTS.map(([n, e]) => f(n!, e!)),
        POINTS,
      ),
    ).toBeUndefined();
  }
  expect(formatSize({ base: 4, factors: [0, 0] }, ['N', 'E'])).toBe('4');
});

test('numbers are affine in the sizes or one over that, to the bit', () => {
  const values = (f: (n: number, e: number) => number): number[] =>
    POINTS.map(([n, e]) => Math.fround(f(n!, e!)));
  const mean = fitNumber(
    values((n) => 1 / (3 * n)),
    POINTS,
    'f32',
  )!;
  expect(Math.fround(mean([7, 1]))).toBe(Math.fround(1 / 21));
  expect(
    fitNumber(
      values((n, e) => n - 2 * e),
      POINTS,
      'f32',
    )!([5, 3]),
  ).toBe(-1);
  for (const f of [Math.sqrt, (n: number) => n * n]) {
    expect(fitNumber(values(f), POINTS, 'f32')).toBeUndefined();
  }
});
