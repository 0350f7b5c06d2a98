import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { ArrayDataset, split } from '../../src/data/index.js';

const setOf = (n: number) =>
  new ArrayDataset({ y: { dtype: 'i32', shape: [n], values: new Int32Array(n) } });

describe('split', () => {
  test('each sample is in one part, in the order of the set', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), (n, k, seed) => {
        const count = 1 + (k % (n - 1));
        const { train, validation } = split(setOf(n), { validation: count, seed });
        expect([train.length, validation.length]).toEqual([n - count, count]);
        expect(train.indices).toEqual(train.indices.slice().sort());
        expect(validation.indices).toEqual(validation.indices.slice().sort());
        expect(new Set([...train.indices, ...validation.indices]).size).toBe(n);
      }),
    );
  });

  test('a share of the set; the seed decides which', () => {
    const indices = (seed?: number) =>
      split(setOf(1000), { validation: 0.1, ...(seed === undefined ? {} : { seed }) }).validation
        .indices;
    expect(indices().length).toBe(100);
    expect(indices()).toEqual(indices(0));
    expect(indices(1)).not.toEqual(indices(0));
    // The mean of 100 out of 1000 has a standard deviation of 27.
    expect(Math.abs(indices().reduce((s, i) => s + i, 0) / 100 - 499.5)).toBeLessThan(110);
  });

  test.each([0, 1e-9, 10, 11, -1, 1.5, NaN])('refuses validation %f of 10', (validation) => {
    expect(() => split(setOf(10), { validation })).toThrow(ArgumentError);
    expect(() => split(setOf(10), { validation })).toThrow(`split: validation ${validation} of 10`);
  });
});
