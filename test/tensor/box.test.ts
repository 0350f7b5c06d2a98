import { expect, test } from 'vitest';
import { copyBox } from '../../src/tensor/box.js';

/** What is in a tensor of shape `to` of zeros once one of shape `from` has been copied into it. */
function copied(from: number[], to: number[]): number[] {
  const size = (shape: number[]): number => shape.reduce((n, d) => n * d, 1);
  const source = Float32Array.from({ length: size(from) }, (_, i) => i + 1);
  const target = new Float32Array(size(to));
  copyBox(source, from, target, to);
  return [...target];
}

test('the elements that two shapes have in common', () => {
  expect(copied([2], [4])).toEqual([1, 2, 0, 0]);
  expect(copied([4], [2])).toEqual([1, 2]);
  expect(copied([2, 2], [3, 2])).toEqual([1, 2, 3, 4, 0, 0]);
  expect(copied([2, 2], [2, 3])).toEqual([1, 2, 0, 3, 4, 0]);
  expect(copied([2, 3], [2, 2])).toEqual([1, 2, 4, 5]);
  expect(copied([2, 2, 1], [2, 2, 2])).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
  expect(copied([1, 2, 2], [2, 3, 2])).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('shapes that are the same, scalar or empty', () => {
  expect(copied([2, 2], [2, 2])).toEqual([1, 2, 3, 4]);
  expect(copied([], [])).toEqual([1]);
  expect(copied([0, 3], [2, 3])).toEqual([0, 0, 0, 0, 0, 0]);
  expect(copied([2, 0], [2, 0])).toEqual([]);
});
