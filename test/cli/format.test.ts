import { expect, test } from 'vitest';
import { count, duration, percent, table } from '../../src/cli/format.js';

test('numbers as people read them', () => {
  expect(percent(0.8853)).toBe('88.5%');
  expect(count(1234567.4)).toBe('1,234,567');
  expect([0, 9.96, 59.94, 59.96, 60, 125.4, 3599.9].map(duration)).toEqual([
    '0.0 s',
    '10.0 s',
    '59.9 s',
    '1:00',
    '1:00',
    '2:05',
    '1:00:00',
  ]);
});

test('tables are aligned', () => {
  expect(
    table([
      ['a', 'bb'],
      ['ccc', '1'],
    ]),
  ).toEqual(['a     bb', 'ccc    1']);
});
