// covers: src/nn/functional/dropout.ts
import { describe, expect, test } from 'vitest';
import { Dropout, dropout } from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Generator, compile, manualSeed, ones, tensor } from '../../src/tensor/index.js';
import { values } from '../tensor/check.js';

const N = 40_000;

describe('in training', () => {
  test.each([0.1, 0.5, 0.8])('keeps the mean, at a rate of 1 - %d', (p) => {
    manualSeed(1);
    const y = values(new Dropout(p).forward(ones([N])));
    const kept = y.filter((v) => v !== 0);
    const deviation = Math.sqrt((p * (1 - p)) / N);
    expect(Math.abs(kept.length / N - (1 - p))).toBeLessThan(4 * deviation);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - p))]));
  });
  test('gives its gradient to what is kept', () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], { requiresGrad: true });
    const y = dropout(x, { generator: new Generator(3) });
    y.sum().backward();
    const scales = values(y).map((v, i) => v / (i + 1));
    expect(values(x.grad!)).toEqual(scales);
    expect(new Set(scales)).toEqual(new Set([0, 2]));
  });
  test('draws anew at each call, and again the same with the seed', () => {
    const layer = new Dropout();
    const f = compile((x: Tensor) => [layer.forward(x), layer.forward(x)] as const);
    const run = (): number[][] => {
      manualSeed(9);
      return [...f(ones([32])), ...f(ones([32]))].map(values);
    };
    const first = run();
    expect(new Set(first.map(String)).size).toBe(4);
    expect(run()).toEqual(first);
  });
  test('with p = 0 and 1', () => {
    const x = tensor([1, NaN, Infinity]);
    expect(dropout(x, { p: 0 })).toBe(x);
    expect(values(dropout(x, { p: 1 }))).toEqual([0, 0, 0]);
  });
});

test('in evaluation it is the identity', () => {
  const x = tensor([1, 2]);
  expect(new Dropout(0.9).eval().forward(x)).toBe(x);
  expect(dropout(x, { p: 0.9, training: false })).toBe(x);
});

test('p is a probability', () => {
  expect(() => new Dropout(1.1)).toThrow('Dropout: p is 1.1; use a probability from 0 to 1.');
  expect(() => new Dropout(NaN)).toThrow('Dropout: p is NaN');
  expect(() => dropout(ones([1]), { p: -0.5 })).toThrow('dropout: p is -0.5');
});
