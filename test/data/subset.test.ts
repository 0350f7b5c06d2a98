import { describe, expect, test } from 'vitest';
import { IndexError } from '../../src/engine/core/errors.js';
import { ArrayDataset, Subset, type Dataset } from '../../src/data/index.js';

const whole = new ArrayDataset(
  { y: { dtype: 'i32', shape: [5], values: Int32Array.of(0, 1, 2, 3, 4) } },
  { classes: ['a', 'b', 'c', 'd', 'e'] },
);

describe('Subset', () => {
  test('maps indices, by sample and by batch, also of a subset', () => {
    const part = new Subset(whole, [4, 2, 0]);
    expect(part.length).toBe(3);
    expect(part.classes).toBe(whole.classes);
    expect(part.get(1)).toEqual(whole.get(2));
    expect([...part.batch!(Int32Array.of(2, 0)).y.values]).toEqual([0, 4]);
    const inner = new Subset(part, [1]);
    expect([...inner.batch!(Int32Array.of(0)).y.values]).toEqual([2]);
  });

  test('has no fast path where the set has none', () => {
    const slow: Dataset<'y'> = { length: 5, get: (i) => Promise.resolve(whole.get(i)) };
    const part = new Subset(slow, [3]);
    expect(part.batch).toBeUndefined();
    expect(part.classes).toEqual([]);
    return expect(part.get(0)).resolves.toEqual(whole.get(3));
  });

  test('refuses indices outside the set or itself', () => {
    expect(() => new Subset(whole, [0, 5])).toThrow(IndexError);
    expect(() => new Subset(whole, [0.5])).toThrow('index 0.5 is outside the set; use 0…4');
    const part = new Subset(whole, [4, 2]);
    expect(() => part.get(2)).toThrow('index 2 is outside the set; use 0…1');
    expect(() => part.batch!(Int32Array.of(-1))).toThrow(IndexError);
  });
});
