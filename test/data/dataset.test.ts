import { describe, expect, test } from 'vitest';
import { ArgumentError, IndexError, ShapeError } from '../../src/engine/core/errors.js';
import { batchLength, checkIndex, stackSamples, type Sample } from '../../src/data/dataset.js';

const sample = (...values: number[]): Sample<'x'> => ({
  x: { dtype: 'f32', shape: [values.length], values: Float32Array.from(values) },
});

describe('stackSamples', () => {
  test('puts samples behind each other', () => {
    const batch = stackSamples([sample(1, 2), sample(3, 4), sample(5, 6)]);
    expect(batch).toEqual({
      x: { dtype: 'f32', shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    });
    expect(batchLength(batch)).toBe(3);
  });

  test('refuses samples that differ', () => {
    expect(() => stackSamples([sample(1, 2), sample(1)])).toThrow(ShapeError);
    expect(() => stackSamples([sample(1, 2), sample(1)])).toThrow(
      "'x' is f32 [2] in the first sample and f32 [1] in sample 1",
    );
    const bytes = { x: { dtype: 'u8', shape: [1], values: new Uint8Array(1) } } as const;
    expect(() => stackSamples([sample(1), bytes])).toThrow('u8 [1] in sample 1');
    expect(() => stackSamples([sample(1), {} as Sample<'x'>])).toThrow('missing in sample 1');
    expect(() => stackSamples([])).toThrow(ArgumentError);
  });
});

test('checkIndex', () => {
  expect(() => checkIndex('get', 2, 3)).not.toThrow();
  for (const index of [-1, 3, 0.5, NaN]) {
    expect(() => checkIndex('get', index, 3)).toThrow(IndexError);
    expect(() => checkIndex('get', index, 3)).toThrow(
      `get: index ${index} is outside the set; use 0…2.`,
    );
  }
  expect(() => checkIndex('get', 0, 0)).toThrow('it is empty');
});
