import { expect, test } from 'vitest';
import {
  choice,
  fraction,
  integer,
  notNegative,
  positive,
  sizes,
  suggestion,
} from '../../src/cli/parse-values.js';

test('values are read', () => {
  expect(integer('--n', 0)('0')).toBe(0);
  expect(integer('--n', 1)('1e3')).toBe(1000);
  expect(positive('--x')('.5e-2')).toBe(0.005);
  expect(notNegative('--x')('0')).toBe(0);
  expect(fraction('--x')('0.25')).toBe(0.25);
  expect(sizes('--x')('3, 2')).toEqual([3, 2]);
  expect(sizes('--x', { none: true })('')).toEqual([]);
  expect(choice('--x', ['a', 'b'])('b')).toBe('b');
});

test.each(['', ' ', '0x10', 'Infinity', '1e999', '1,5', '3 4', '--5'])(
  '%j is no number',
  (text) => {
    for (const parse of [integer('--x', 0), positive('--x'), notNegative('--x'), fraction('--x')]) {
      expect(() => parse(text)).toThrow(`--x is '${text}'; give a`);
    }
  },
);

test('limits are kept', () => {
  expect(() => integer('--n', 1)('0')).toThrow('at least 1');
  expect(() => integer('--n', 0)('9007199254740993')).toThrow('integer');
  expect(() => fraction('--x')('1')).toThrow('below 1');
  expect(() => sizes('--x')('4,0')).toThrow('integers above 0');
  expect(() => sizes('--x')('')).toThrow('integers above 0');
});

test('the nearest name is suggested where one is near', () => {
  expect(suggestion('alpa', ['alpha', 'beta'])).toBe("; did you mean 'alpha'? Known: alpha, beta.");
  expect(suggestion('zzz', ['alpha', 'beta'])).toBe('. Known: alpha, beta.');
  expect(() => choice('--x', ['alpha', 'beta'])('alpa')).toThrow("there is no --x 'alpa'; did you");
});
