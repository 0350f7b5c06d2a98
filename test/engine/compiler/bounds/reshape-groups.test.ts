import { expect, test } from 'vitest';
import { reshapeGroups } from '../../../../src/engine/compiler/bounds/reshape-groups.js';

/** The groups of a reshape that is given at N = 6 and N = 7. */
function groups(shapes: (n: number) => [number[], number[]]): unknown {
  const all = [6, 7].map(shapes);
  return reshapeGroups(
    all.map(([from]) => from),
    all.map(([, to]) => to),
  );
}

test('axes are grouped with those they are merged into or split from', () => {
  expect(
    groups((n) => [
      [n, 4, 3],
      [n, 12],
    ]),
  ).toEqual([
    { from: [0], to: [0] },
    { from: [1, 2], to: [1] },
  ]);
  expect(
    groups((n) => [
      [n, 4, 3],
      [4 * n, 3],
    ]),
  ).toEqual([
    { from: [0, 1], to: [0] },
    { from: [2], to: [1] },
  ]);
  expect(groups((n) => [[n], [1, n, 1]])).toEqual([
    { from: [0], to: [0, 1] },
    { from: [], to: [2] },
  ]);
});

test('what agrees at one size by chance is no group', () => {
  expect(
    groups((n) => [
      [6, n],
      [n, 6],
    ]),
  ).toEqual([{ from: [0, 1], to: [0, 1] }]);
});
