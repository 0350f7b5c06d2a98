import { expect, test } from 'vitest';
import { sparkline, thinned } from '../../src/cli/sparkline.js';

test('a character for each value, from the lowest to the highest', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([3, -1, 3])).toBe('█▁█');
  expect(sparkline([5, 5])).toBe('▁▁');
  expect(sparkline([])).toBe('');
});

test('what is above the top, or infinite, is at the top; NaN is left out', () => {
  expect(sparkline([0, 7, 1000, Infinity, NaN, 3.5], { top: 7 })).toBe('▁███ ▅');
  expect(sparkline([0, 1, Infinity])).toBe('▁██');
  expect(sparkline([0, 4, 7], { low: 3.5, top: 7.5 })).toBe('▁▂█');
});

test('long curves are thinned by means, short ones kept', () => {
  expect(thinned([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(thinned([1, 3, 5, 7, 10, 20], 3)).toEqual([2, 6, 15]);
  const long = thinned(
    Array.from({ length: 101 }, (_, i) => i),
    60,
  );
  expect(long).toHaveLength(60);
  expect(long.every((v, i) => i === 0 || v > long[i - 1]!)).toBe(true);
  expect(long.at(-1)).toBe(99.5);
});
