import { describe, expect, test } from 'vitest';
import { arange, ones, tensor, zeros } from '../../src/tensor/index.js';
import { checkGradient, i32, sample, values } from './check.js';

const X = arange(24).reshape([2, 3, 4]);

describe('at', () => {
  test('numbers drop an axis, ranges keep part of it', () => {
    expect(X.at(1, -1).array()).toEqual([20, 21, 22, 23]);
    expect(X.at(1, 2, 3).item()).toBe(23);
    expect(X.at({ start: 1 }, 0, { stop: 2 }).array()).toEqual([[12, 13]]);
    expect(X.at(0, { step: -1 }, 0).array()).toEqual([8, 4, 0]);
  });
  test("null adds an axis, '...' stands for the rest", () => {
    expect(X.at(null, 0).shape).toEqual([1, 3, 4]);
    expect(X.at('...', null).shape).toEqual([2, 3, 4, 1]);
    expect(X.at('...', 0).array()).toEqual([
      [0, 4, 8],
      [12, 16, 20],
    ]);
    expect(X.at(0, '...', 1).array()).toEqual([1, 5, 9]);
    expect(X.at().shape).toEqual([2, 3, 4]);
  });
  test('a tensor picks, also with negative indices and of any shape', () => {
    expect(X.at(0, i32([2, 0, -1])).array()).toEqual([
      [8, 9, 10, 11],
      [0, 1, 2, 3],
      [8, 9, 10, 11],
    ]);
    expect(
      X.at(
        '...',
        i32([
          [0, 1],
          [2, 3],
        ]),
      ).shape,
    ).toEqual([2, 3, 2, 2]);
    expect(X.at(i32(1)).shape).toEqual([3, 4]);
  });
  test('several tensors pick together', () => {
    expect(X.at(i32([0, 1]), i32([2, 0])).array()).toEqual([
      [8, 9, 10, 11],
      [12, 13, 14, 15],
    ]);
    expect(X.at({}, i32([0, 2]), i32([1, -1])).array()).toEqual([
      [1, 11],
      [13, 23],
    ]);
    expect(X.at(i32([1, 0]), {}, i32([3, 0])).array()).toEqual([
      [15, 19, 23],
      [0, 4, 8],
    ]);
    expect(X.at(i32([[0], [1]]), i32([0, 2])).shape).toEqual([2, 2, 4]);
  });
  test('what is out of range or makes no sense is refused', () => {
    expect(() => X.at(2)).toThrow('at: index 2 is out of range for an axis of 2');
    expect(() => X.at(0, 0, 0, 0)).toThrow('at: 4 indices for a tensor of 3 axes');
    expect(() => X.at('...', '...')).toThrow("'...' is given twice");
    expect(() => X.at(i32([0, 2]))).toThrow('at: index 2 is out of range for an axis of 2');
    expect(() => X.at(tensor([1]))).toThrow('at: the index is f32; use i32');
    expect(() => X.at(tensor([true, false]))).toThrow('use where()');
    expect(() => X.at(0.5)).toThrow('at: index 0.5');
  });
});

describe('picking and adding', () => {
  test('indexSelect', () => {
    expect(
      X.indexSelect(2, i32([3, 0]))
        .at(0, 0)
        .array(),
    ).toEqual([3, 0]);
    expect(() => X.indexSelect(0, i32([-1]))).toThrow('indexSelect: index -1 is out of range');
  });
  test('gather, also with a smaller index', () => {
    const m = X.at(0);
    expect(
      m
        .gather(
          1,
          i32([
            [3, 0],
            [1, 1],
            [2, 2],
          ]),
        )
        .array(),
    ).toEqual([
      [3, 0],
      [5, 5],
      [10, 10],
    ]);
    expect(m.gather(1, i32([[3]])).array()).toEqual([[3]]);
    expect(() => m.gather(1, i32([0]))).toThrow('gather: index [1] does not fit x [3, 4]');
  });
  test('scatterAdd', () => {
    const sum = zeros([3]).scatterAdd(0, i32([2, 0, 2]), tensor([1, 2, 4]));
    expect(sum.array()).toEqual([2, 0, 5]);
    expect(() => zeros([3]).scatterAdd(0, i32([0, 1]), ones([3]))).toThrow('index and source need');
  });
  test('oneHot', () => {
    expect(
      i32([[1], [0]])
        .oneHot(2)
        .array(),
    ).toEqual([[[0, 1]], [[1, 0]]]);
    expect(i32([1]).oneHot(2, { dtype: 'bool' }).array()).toEqual([[false, true]]);
    expect(() => i32([2]).oneHot(2)).toThrow('oneHot: index 2');
  });
  test('gradients, repeated indices included', () => {
    const x = sample([3, 4]);
    checkGradient((t) => t.at(i32([2, 0, 2])), [x]);
    checkGradient((t) => t.at(i32([2, 0, 2]), i32([1, 1, 1])), [x]);
    checkGradient((t) => t.at({ step: 2 }, null, -1).mul(t.at(0, 0)), [x]);
    checkGradient((t) => t.gather(0, i32([[0, 1, 1, 2]])), [x]);
    checkGradient(
      (t, s) =>
        t.scatterAdd(
          1,
          i32([
            [0, 0],
            [1, 3],
            [2, 2],
          ]),
          s,
        ),
      [x, sample([3, 2], 2)],
    );
    expect(values(x.at(i32([0])).sub(x.at({ stop: 1 })))).toEqual([0, 0, 0, 0]);
  });
});
