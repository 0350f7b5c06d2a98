import { expect, test } from 'vitest';
import {
  inversePermutation,
  offsetsAlong,
  offsetsOf,
  otherAxes,
  pick,
} from '../../../src/engine/ops/strided.js';

test('offsets in row-major order, with zero and negative strides', () => {
  expect([...offsetsOf([2, 3], [10, 1])]).toEqual([0, 1, 2, 10, 11, 12]);
  expect([...offsetsOf([2, 2], [0, -3], 3)]).toEqual([3, 0, 3, 0]);
  expect([...offsetsOf([], [], 7)]).toEqual([7]);
  expect([...offsetsOf([2, 0, 3], [1, 1, 1])]).toEqual([]);
});

test('offsets along some axes', () => {
  expect([...offsetsAlong([2, 3, 4], [0, 2])]).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
  expect([...offsetsAlong([2, 3], [1, 0])]).toEqual([0, 3, 1, 4, 2, 5]);
});

test('axes', () => {
  expect(otherAxes(4, [2], [0])).toEqual([1, 3]);
  expect(inversePermutation([2, 0, 1])).toEqual([1, 2, 0]);
  expect([...pick(Float64Array.of(5, 6, 7), Float64Array.of(2, 0))]).toEqual([7, 5]);
});
