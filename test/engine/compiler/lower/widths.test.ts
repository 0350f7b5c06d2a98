import { expect, it } from 'vitest';
import { overlapOf, runsOf, widthsFor } from '../../../../src/engine/compiler/lower/widths.js';

it.each([
  [16, undefined, [16, 8, 4, 1]],
  [16, 14, [8, 4, 1]],
  [16, 28, [16, 8, 4]],
  [16, 32, [16]],
  [16, 3, [1]],
  [8, 20, [8, 4]],
  [4, 7, [4, 1]],
  [2, 5, [2, 1]],
  [1, 5, [1]],
  [16, 0, []],
])('%i lanes, a run of %s: %j', (lanes, length, widths) => {
  expect(widthsFor(lanes, length)).toEqual(widths);
});

it('lists the vectors of a run', () => {
  const of = (lanes: number, length: number): string[] =>
    runsOf(lanes, length).map(({ start, width }) => `${start}+${width}`);
  expect(of(16, 30)).toEqual(['0+16', '16+8', '24+4', '28+1', '29+1']);
  expect(of(4, 8)).toEqual(['0+4', '4+4']);
  expect(of(16, 0)).toEqual([]);
});

it.each([
  [16, 14, 8],
  [16, 28, 16],
  [16, 20, undefined],
  [16, 7, 4],
  [16, 33, undefined],
  [4, 7, 4],
  [4, 5, undefined],
  [1, 9, undefined],
])('%i lanes, a run of %i: two vectors of %s', (lanes, length, width) => {
  expect(overlapOf(lanes, length)).toBe(width);
});
