import { describe, expect, test } from 'vitest';
import { DTypeError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import type { Tensor } from '../../src/tensor/index.js';
import {
  compile,
  segmentGather,
  segmentMax,
  segmentMean,
  segmentSum,
  tensor,
} from '../../src/tensor/index.js';
import { checkTwice, f64, i32, sample } from './check.js';
import { expectGolden, goldens } from './segment-goldens.js';

const FUNCTIONS = { sum: segmentSum, mean: segmentMean, max: segmentMax };
const ptr = i32([0, 2, 2, 5]);

describe('reductions over segments', () => {
  test.each(goldens.filter((g) => g.ptr))('$name as in PyTorch', (golden) => {
    const f = FUNCTIONS[golden.op as keyof typeof FUNCTIONS];
    expectGolden(golden, (x) => f(x, i32([...golden.ptr!])));
  });
  test('of vectors, of matrices, and of integers', () => {
    const x = tensor([1, 2, 3, 4, 5]);
    expect(segmentSum(x, ptr).array()).toEqual([3, 0, 12]);
    expect(segmentMean(x, ptr).array()).toEqual([1.5, 0, 4]);
    expect(segmentMax(x, ptr).array()).toEqual([2, -Infinity, 5]);
    expect(segmentSum(x.int(), ptr).array()).toEqual([3, 0, 12]);
    expect(segmentSum(x.reshape([5, 1, 1]), ptr).shape).toEqual([3, 1, 1]);
    expect(segmentGather(tensor([[1], [2], [3]]), ptr, 5).array()).toEqual([
      [1],
      [1],
      [3],
      [3],
      [3],
    ]);
    expect(segmentSum(x, i32([0])).shape).toEqual([0]);
  });
  test('gradients, to the second order', () => {
    checkTwice((x) => segmentSum(x, ptr), sample([5, 2]));
    checkTwice((x) => segmentMean(x, ptr), sample([5, 2]));
    checkTwice((x) => segmentMax(x, i32([0, 2, 5])), sample([5, 2]));
    checkTwice((y) => segmentGather(y, ptr, 6), sample([3, 2]));
  });
  test('the first of several maxima gets the gradient', () => {
    const x = tensor([1, 3, 3, 2], { requiresGrad: true });
    segmentMax(x, i32([0, 4]))
      .sum()
      .backward();
    expect(x.grad!.array()).toEqual([0, 1, 0, 0]);
  });
  test('pointers that are no such are refused, also as arguments of compiled functions', () => {
    const x = f64([1, 2, 3]);
    expect(() => segmentSum(x, i32([0, 4]))).toThrow(
      new IndexError('segmentSum: ptr[1] = 4 is out of range for 3 elements; use 0…3.'),
    );
    expect(() => segmentMax(x, i32([0, 2, 1]))).toThrow(
      new IndexError('segmentMax: ptr[2] = 1 comes after ptr[1] = 2; pointers must not decrease.'),
    );
    const f = compile((y: Tensor, p: Tensor) => segmentMean(y, p));
    expect(f(x, i32([0, 3])).array()).toEqual([2]);
    expect(() => f(x, i32([1, 0]))).toThrow('segmentMean: ptr[1] = 0 comes after ptr[0] = 1');
    expect(f.compilations).toBe(1);
    // The order of a flipped argument is another: it is not checked, and nothing strays.
    const g = compile((y: Tensor, p: Tensor) => segmentSum(y, p.flip()));
    expect(g(x, i32([3, 1])).array()).toEqual([5]);
  });
  test('what does not fit', () => {
    const x = f64([1, 2, 3]);
    expect(() => segmentSum(x, x)).toThrow(
      new DTypeError('segmentSum: ptr is f64; use i32, for instance by int().'),
    );
    expect(() => segmentSum(f64(1), ptr)).toThrow(ShapeError);
    expect(() => segmentSum(x, i32([]))).toThrow(
      'segmentSum: ptr has shape [0]; give a vector [V + 1] for V segments.',
    );
    expect(() => segmentMean(x.int(), i32([0, 3]))).toThrow(
      'segmentMean: x is i32; use f32 or f64',
    );
    expect(() => segmentGather(x, i32([0, 1]), 2)).toThrow('does not have one row for each');
  });
});
