// covers: src/nn/check.ts
import { describe, expect, test } from 'vitest';
import { Linear, linear } from '../../src/nn/index.js';
import { Generator, manualSeed, ones, tensor, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, sample, values } from '../tensor/check.js';

test('is x Wᵀ + b, for any number of axes', () => {
  const layer = new Linear(2, 3);
  layer.weight.load([1, 2, 3, 4, 5, 6]);
  layer.bias!.load([10, 20, 30]);
  expectClose(layer.forward(tensor([1, 1])), [13, 27, 41]);
  expectClose(layer.forward(tensor([[[1, 0]], [[0, 1]]])), [[[11, 23, 35]], [[12, 24, 36]]]);
  expect(layer.forward(zeros([0, 2])).shape).toEqual([0, 3]);
  expect(new Linear(2, 3, { bias: false }).bias).toBe(null);
});

test('gradients by input, weight and bias', () => {
  checkGradient(linear, [sample([2, 3, 4]), sample([5, 4], 2), sample([5], 3)]);
  checkGradient((x, w) => linear(x, w), [sample([4]), sample([5, 4], 2)]);
});

describe('first weights', () => {
  test('are uniform on ±1/√in', () => {
    manualSeed(3);
    const layer = new Linear(100, 200);
    const w = values(layer.weight);
    expect(Math.max(...w.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(Math.max(...w)).toBeGreaterThan(0.099);
    expect(Math.min(...w)).toBeLessThan(-0.099);
    const variance = w.reduce((s, v) => s + v * v, 0) / w.length;
    expect(variance / (0.01 / 3)).toBeCloseTo(1, 1);
    expect(Math.max(...values(layer.bias!).map(Math.abs))).toBeLessThanOrEqual(0.1);
  });
  test('depend on the seed alone', () => {
    const made = (seed: number): number[] => {
      manualSeed(seed);
      return values(new Linear(4, 3).weight);
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
    const own = (): number[] => values(new Linear(4, 3, { generator: new Generator(5) }).weight);
    expect(own()).toEqual(own());
  });
  test('f64', () => {
    const layer = new Linear(2, 2, { dtype: 'f64' });
    expect(layer.forward(ones([1, 2], { dtype: 'f64' })).dtype).toBe('f64');
  });
});

test('what does not fit is told', () => {
  const layer = new Linear(784, 10);
  expect(() => layer.forward(zeros([64, 28]))).toThrow(
    'linear: input has 28 features, weight expects 784 (input [*, in] = [64, 28], weight ' +
      '[out, in] = [10, 784]); pass an input whose last axis is 784.',
  );
  expect(() => layer.forward(zeros([64, 28, 28]))).toThrow('put a Flatten() before it.');
  expect(() => layer.forward(zeros([]))).toThrow('linear: input has no features');
  expect(() => layer.forward(zeros([1, 784], { dtype: 'f64' }))).toThrow(
    "linear: input is f64, weight f32; convert one, as with to('f32').",
  );
  expect(() => layer.forward(zeros([1, 784], { dtype: 'u8' }))).toThrow('input is u8');
  expect(() => linear(zeros([2]), zeros([2]))).toThrow(
    'linear: weight is [2]; give one [out, in].',
  );
  expect(() => linear(zeros([2]), zeros([3, 2]), zeros([2]))).toThrow(
    'linear: bias is [2], weight [out, in] = [3, 2]; give a bias [3].',
  );
  expect(() => new Linear(0, 1)).toThrow('Linear: inFeatures is 0; use an integer of at least 1.');
  expect(() => new Linear(1, 1.5)).toThrow('Linear: outFeatures is 1.5');
});
