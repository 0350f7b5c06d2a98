import { describe, expect, test } from 'vitest';
import { IndexError } from '../../src/engine/core/errors.js';
import type { Tensor } from '../../src/tensor/index.js';
import { compile, requireRange } from '../../src/tensor/index.js';
import { i32 } from './check.js';

describe('requireRange', () => {
  test('checks values that are known', () => {
    const message = (v: number): string => `label ${v}`;
    requireRange(i32([0, 2]), 0, 3, message);
    expect(() => requireRange(i32([0, 3]), 0, 3, message)).toThrow(new IndexError('label 3'));
    expect(() => requireRange(i32([-1]), 0, 3, 'bad label')).toThrow('bad label');
    requireRange(i32([-100]), 0, 3, message, { allowed: -100 });
    requireRange(i32([7]).add(1), 0, 3, message);
  });
  test('checks arguments of compiled functions at each call, before anything runs', () => {
    const f = compile((labels: Tensor) => {
      requireRange(labels.reshape([-1]).flip(), 0, 3, (v) => `label ${v}`);
      requireRange(labels.add(100), 0, 3, 'computed');
      return labels.oneHot(3);
    });
    expect(f(i32([[2]])).array()).toEqual([[[0, 0, 1]]]);
    expect(() => f(i32([[3]]))).toThrow('label 3');
    expect(f(i32([[0]])).array()).toEqual([[[1, 0, 0]]]);
    expect(f.compilations).toBe(1);
  });
  test('the methods that take indices do', () => {
    const pick = compile((x: Tensor, i: Tensor) => x.at(i));
    expect(() => pick(i32([1, 2]), i32([2]))).toThrow('at: index 2 is out of range');
    expect(pick(i32([1, 2]), i32([-1])).array()).toEqual([2]);
  });
});
