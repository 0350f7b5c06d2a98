import { expect, test } from 'vitest';
import {
  DTYPES,
  allocate,
  byteSize,
  isFloat,
  promote,
  roundTo,
  saturateToI32,
  viewOf,
} from '../../../src/engine/core/dtype.js';

test.each(DTYPES)('arrays and views of %s hold what byteSize says', (dtype) => {
  const array = allocate(dtype, 3);
  expect(array.length).toBe(3);
  expect(array.BYTES_PER_ELEMENT).toBe(byteSize(dtype));
  const buffer = new ArrayBuffer(64);
  const view = viewOf(dtype, buffer, 16, 2);
  expect([view.constructor, view.byteOffset, view.length]).toEqual([array.constructor, 16, 2]);
  view[1] = 1;
  expect(new Uint8Array(buffer).slice(0, 16 + byteSize(dtype)).every((v) => v === 0)).toBe(true);
});

test('roundTo gives what an array of the dtype would store', () => {
  const samples = [0, -0, 0.1, 1.5, -1.5, 255.9, 256, -1, 1e10, -1e10, 3.5e38, NaN, -Infinity];
  expect(samples.map((v) => roundTo('f32', v))).toEqual([...Float32Array.from(samples)]);
  expect(samples.map((v) => roundTo('f64', v))).toEqual(samples);
  expect([255.9, 256, -1.5, 300.5, NaN].map((v) => roundTo('u8', v))).toEqual([255, 0, 255, 44, 0]);
  expect([0, -0, 0.1, NaN, -3].map((v) => roundTo('bool', v))).toEqual([0, 0, 1, 1, 1]);
});

test('saturateToI32 truncates, saturates, and makes NaN 0', () => {
  expect([1.9, -1.9, 2147483647.9, 2147483648, -1e300, Infinity, NaN].map(saturateToI32)).toEqual([
    1, -1, 2147483647, 2147483647, -2147483648, 2147483647, 0,
  ]);
  expect(Object.is(saturateToI32(-0.5), 0)).toBe(true);
});

test('promotion is a total order', () => {
  expect(promote('bool', 'u8')).toBe('u8');
  expect(promote('f32', 'i32')).toBe('f32');
  for (const a of DTYPES) {
    expect(promote(a, a)).toBe(a);
    for (const b of DTYPES) expect(promote(a, b)).toBe(promote(b, a));
  }
  expect(DTYPES.filter(isFloat)).toEqual(['f32', 'f64']);
});
