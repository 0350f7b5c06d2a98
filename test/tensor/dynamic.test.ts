import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import {
  Parameter,
  StateTensor,
  arange,
  compile,
  ones,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { checkGradient, checkTwice, i32, sample, values } from './check.js';

const X = arange(24).float().reshape([4, 6]);

describe('windows', () => {
  test('are read and written where start says, and moved to lie within', () => {
    expect(X.dynamicSlice(i32([1, 2]), [2, 3]).array()).toEqual([
      [8, 9, 10],
      [14, 15, 16],
    ]);
    expect(X.dynamicSlice(i32([9, -5]), [1, 2]).array()).toEqual([[18, 19]]);
    expect(
      zeros([6])
        .dynamicUpdate(ones([2]), i32([3]))
        .array(),
    ).toEqual([0, 0, 0, 1, 1, 0]);
    expect(
      zeros([3])
        .dynamicUpdate(ones([2]), i32([7]))
        .array(),
    ).toEqual([0, 1, 1]);
    expect(
      tensor(5)
        .dynamicSlice(zeros([0], { dtype: 'i32' }), [])
        .item(),
    ).toBe(5);
  });
  test('move from call to call of one compiled function', () => {
    const shift = compile((start: Tensor) => X.dynamicSlice(start, [1, 6]).mul(2).sum(0));
    expect(values(shift(i32([0, 0])))).toEqual([0, 2, 4, 6, 8, 10]);
    expect(values(shift(i32([3, 0])))).toEqual([36, 38, 40, 42, 44, 46]);
  });
  test('fill a parameter row by row', () => {
    const cache = new Parameter(zeros([4, 6]));
    const row = new StateTensor(tensor([0, 0], { dtype: 'i32' }));
    const put = compile((x: Tensor) => {
      cache.assign(cache.dynamicUpdate(x, row));
      row.assign(row.add(i32([1, 0])));
      return cache.sum();
    });
    for (let i = 0; i < 3; i++) put(X.at({ start: i, stop: i + 1 }));
    expect(values(cache)).toEqual([...values(X).slice(0, 18), 0, 0, 0, 0, 0, 0]);
  });
  test('have gradients, to the second order', () => {
    checkTwice((t) => t.dynamicSlice(i32([1, 3]), [2, 2]), sample([4, 5]));
    checkTwice((t) => t.mul(t).dynamicUpdate(t.at({ stop: 2 }), i32([1, 0])), sample([4, 3]));
    checkGradient((x, u) => x.dynamicUpdate(u, i32([7, 1])), [sample([4, 5]), sample([2, 3], 2)]);
  });
  test('that do not fit are refused', () => {
    expect(() => X.dynamicSlice(i32([1]), [1, 1])).toThrow('dynamicSlice: start has shape [1]');
    expect(() => X.dynamicSlice(tensor([0, 0]), [1, 1])).toThrow('dynamicSlice: start of shape');
    expect(() => X.dynamicSlice(i32([0, 0]), [5, 1])).toThrow('a window of [5, 1] does not fit');
    expect(() => X.dynamicSlice(i32([0, 0]), [1, -1])).toThrow('sizes = [1, -1]');
    expect(() => X.dynamicUpdate(ones([2]), i32([0, 0]))).toThrow('differ in rank');
    expect(() => X.dynamicUpdate(i32([[1]]), i32([0, 0]))).toThrow(
      'dynamicUpdate: x is f32 and the update i32; cast the update.',
    );
  });
});
