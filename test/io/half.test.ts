import { expect, test } from 'vitest';
import { halfToFloat, widenBfloat, widenHalf } from '../../src/io/half.js';

// The goldens in safetensors.test.ts compare a sample of all exponents with NumPy.
test.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x8000, -0],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e01, NaN],
])('half %i is %f', (bits, value) => {
  expect(halfToFloat(bits)).toBe(value);
  expect(widenHalf(new Uint8Array([bits & 255, bits >> 8]))[0]).toBe(value);
});

test('halves rise with their bits', () => {
  const all = Array.from({ length: 0x7c01 }, (_, bits) => halfToFloat(bits));
  expect(all.findIndex((v, i) => i > 0 && v <= all[i - 1]!)).toBe(-1);
});

test('a bfloat is the upper half of an f32', () => {
  const f = new Float32Array([1, -1.5, 2 ** 100, -0, Infinity]);
  const halves = new Uint8Array(f.buffer).filter((_, i) => i % 4 >= 2);
  expect(widenBfloat(halves)).toEqual(f);
});
