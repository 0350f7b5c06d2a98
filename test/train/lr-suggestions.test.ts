import { expect, test } from 'vitest';
import { steepestRate, valleyRate, type RatePoint } from '../../src/train/lr-suggestions.js';

const curveOf = (losses: readonly number[]): RatePoint[] =>
  losses.map((smoothed, i) => ({ lr: 10 ** i, loss: smoothed, smoothed }));

test('steepest: the largest fall over two neighbours, one-sided at the ends', () => {
  expect(steepestRate(curveOf([5, 5, 4.9, 2, 1, 1.5, 9]))).toBe(1000);
  expect(steepestRate(curveOf([9, 2, 1, 1]))).toBe(1);
  expect(steepestRate(curveOf([1, 1, 9, 2]))).toBe(1000);
  // Two equal slopes: the lower rate.
  expect(steepestRate(curveOf([3, 2, 1, 0]))).toBe(1);
});

test('valley: half way down the longest fall, over bumps', () => {
  expect(valleyRate(curveOf([9, 5, 4, 3, 2, 1, 8, 7]))).toBeCloseTo(10 ** 2.5, 8);
  // 5 4 3 2 1 with a bump within, which is left out.
  expect(valleyRate(curveOf([1, 5, 4, 6, 3, 2, 1, 9]))).toBeCloseTo(10 ** 3.5, 8);
});

test('without a fall there is no suggestion', () => {
  for (const losses of [[1, 1, 1], [1, 2, 3], [1], []]) {
    expect(steepestRate(curveOf(losses))).toBeUndefined();
    expect(valleyRate(curveOf(losses))).toBeUndefined();
  }
});
