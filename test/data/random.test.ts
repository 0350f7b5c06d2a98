import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/engine/core/errors.js';
import { philoxBlock } from '../../src/engine/core/philox.js';
import { permutation, RandomStream } from '../../src/data/random.js';

const draws = (random: RandomStream, n: number) => Array.from({ length: n }, () => random.word());

describe('RandomStream', () => {
  test('is Philox with the seed as key and (block, purpose, stream) as counter', () => {
    const out = new Uint32Array(4);
    philoxBlock([0, 3, 5, 1], [7, 2], out);
    const random = new RandomStream(2 * 2 ** 32 + 7, 'digits', 2 ** 32 + 5);
    expect(draws(random, 4)).toEqual([...out]);
    philoxBlock([1, 3, 5, 1], [7, 2], out);
    expect(draws(random, 4)).toEqual([...out]);
  });

  test('seed, purpose and stream each give other numbers', () => {
    const first = [
      new RandomStream(1, 'digits', 0),
      new RandomStream(2, 'digits', 0),
      new RandomStream(1, 'split', 0),
      new RandomStream(1, 'digits', 1),
    ].map((random) => random.word());
    expect(new Set(first).size).toBe(4);
  });

  test('below is within range and even, also where n does not divide 2^32', () => {
    const random = new RandomStream(3, 'digits', 0);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++;
    // Standard deviation 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
    const large = 3 * 2 ** 30;
    let upper = 0;
    for (let i = 0; i < 10_000; i++) {
      const v = random.below(large);
      expect(v).toBeLessThan(large);
      if (v >= large / 2) upper++;
    }
    // Without rejection a third, not half, would lie there.
    expect(Math.abs(upper - 5000)).toBeLessThan(250);
  });

  test('bell has the deviation asked for and bounded tails', () => {
    const random = new RandomStream(4, 'digits', 0);
    const values = Array.from({ length: 20_000 }, () => random.bell(2));
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.07);
    expect(Math.abs(Math.sqrt(variance) - 2)).toBeLessThan(0.05);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(7);
  });

  test.each([-1, 0.5, NaN, 2 ** 53])('refuses seed %f', (seed) => {
    expect(() => new RandomStream(seed, 'digits', 0)).toThrow(ArgumentError);
  });
});

describe('permutation', () => {
  test.each([0, 1, 2, 7, 1000])('of %i holds each number once', (n) => {
    const order = permutation(n, 5);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test('the same arguments, the same order; another stream, another order', () => {
    expect(permutation(100, 5)).toEqual(permutation(100, 5));
    expect(permutation(100, 5, 'permutation', 1)).not.toEqual(permutation(100, 5));
    expect(permutation(100, 6)).not.toEqual(permutation(100, 5));
  });

  test('all 24 orders of four come equally often', () => {
    const counts = new Map<string, number>();
    for (let k = 0; k < 12_000; k++) {
      const key = permutation(4, 1, 'permutation', k).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Expected 500, standard deviation 22.
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(100);
  });
});
