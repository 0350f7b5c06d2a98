// covers: src/tensor/nested.ts
import { describe, expect, test } from 'vitest';
import {
  arange,
  dtypeOf,
  eye,
  fromData,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from '../../src/tensor/index.js';
import { expectClose, i32, values } from './check.js';

describe('tensor', () => {
  test('nested arrays, with their natural dtype', () => {
    expect(tensor([[1, 2, 3]]).shape).toEqual([1, 3]);
    expect(tensor(3).shape).toEqual([]);
    expect(tensor([1, 2]).dtype).toBe('f32');
    expect(tensor([true, false]).dtype).toBe('bool');
    expect(tensor([]).dtype).toBe('f32');
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(values(tensor([1.7, -1.7], { dtype: 'i32' }))).toEqual([1, -1]);
    expect(values(tensor([256, 2, 0], { dtype: 'u8' }))).toEqual([0, 2, 0]);
    expect(values(tensor([2, 0], { dtype: 'bool' }))).toEqual([1, 0]);
  });
  test('typed arrays keep their kind and are copied', () => {
    const data = Float64Array.of(1, 2, 3, 4);
    const x = tensor(data, { shape: [2, 2] });
    data[0] = 9;
    expect(x.dtype).toBe('f64');
    expect(x.array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(Uint8Array.of(1)).dtype).toBe('u8');
    expect(tensor(Int32Array.of(1), { dtype: 'f32' }).dtype).toBe('f32');
    expect(() => dtypeOf(new Int16Array(1) as never)).toThrow('a Int16Array is no element type');
  });
  test('misfits are named', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(
      'at depth 1 of the nested arrays stands an array of 1, where the first entry has an array of 2',
    );
    expect(() => tensor([[1], 2])).toThrow('at depth 1 of the nested arrays stands a number');
    expect(() => tensor([1, [2]])).toThrow('at depth 1 of the nested arrays stands an array of 1');
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(
      'tensor: 3 values do not fill shape [2, 2], which takes 4.',
    );
    expect(() => zeros([-1])).toThrow('extent of -1');
    expect(() => tensor([1], { dtype: 'i32', requiresGrad: true })).toThrow('use f32 or f64');
  });
});

test('fromData takes the array over', () => {
  const x = fromData(Int32Array.of(1, 2), [2, 1]);
  expect(x.dtype).toBe('i32');
  expect(fromData(Uint8Array.of(1, 0), [2], { dtype: 'bool' }).array()).toEqual([true, false]);
  expect(() => fromData(new Float32Array(1), [1], { dtype: 'i32' })).toThrow(
    'a Float32Array does not hold i32',
  );
});

test('filled tensors', () => {
  expect(zeros([2]).array()).toEqual([0, 0]);
  expect(ones([1, 2]).array()).toEqual([[1, 1]]);
  expect(full([2], 2.5, { dtype: 'i32' }).array()).toEqual([2, 2]);
  expect(full([], 0.1).item()).toBe(Math.fround(0.1));
  expect(eye(2).array()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(eye(1, 3, { dtype: 'bool' }).array()).toEqual([[true, false, false]]);
  const like = i32([[1, 2]]);
  expect(zerosLike(like).dtype).toBe('i32');
  expect(onesLike(like).array()).toEqual([[1, 1]]);
  expect(fullLike(like, 0.5, { dtype: 'f64' }).array()).toEqual([[0.5, 0.5]]);
});

test('arange', () => {
  expect(arange(3).dtype).toBe('i32');
  expect(arange(3).array()).toEqual([0, 1, 2]);
  expect(arange(2, 8, 3).array()).toEqual([2, 5]);
  expect(arange(3, 0, -1).array()).toEqual([3, 2, 1]);
  expect(arange(0).array()).toEqual([]);
  expect(arange(3, { dtype: 'f64' }).dtype).toBe('f64');
  expect(arange(1, 4, { dtype: 'f32' }).array()).toEqual([1, 2, 3]);
  expect(arange(4, { dtype: 'u8' }).array()).toEqual([0, 1, 2, 3]);
  expectClose(arange(0, 1, 0.25), [0, 0.25, 0.5, 0.75]);
  expect(() => arange(0, 1, 0)).toThrow('has no end');
});

test('linspace has both ends exactly', () => {
  expect(linspace(0, 1, 3).array()).toEqual([0, 0.5, 1]);
  expect(linspace(3, 5, 1).array()).toEqual([3]);
  const x = values(linspace(-0.1, 0.1, 7, { dtype: 'f64' }));
  expect([x[0], x[6]]).toEqual([-0.1, 0.1]);
  expect(x[1]).toBe(-x[5]!);
});
