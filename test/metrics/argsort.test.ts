import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argsortDescending } from '../../src/metrics/argsort.js';

test('orders as a stable sort does', () => {
  const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, 5e-324));
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const want = [...values.keys()].sort((a, b) =>
        values[a] === values[b] ? 0 : values[b]! - values[a]! > 0 ? 1 : -1,
      );
      expect([...argsortDescending(Float64Array.from(values))]).toEqual(want);
    }),
  );
});

test('of f32, and of many values', () => {
  const values = Float64Array.from({ length: 5000 }, (_, i) => Math.fround(Math.sin(i * i)));
  const sorted = Array.from(argsortDescending(values), (i) => values[i]!);
  expect(sorted).toEqual([...values].sort((a, b) => b - a));
});
