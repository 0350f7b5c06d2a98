import { describe, expect, test } from 'vitest';
import { MISSING_VALUES } from '../../src/data/index.js';
import { categoriesOf, inferColumnType, parseNumber } from '../../src/data/column-type.js';

test.each<[string, number | undefined]>([
  ['1', 1],
  ['-0.5', -0.5],
  ['+.28', 0.28],
  ['3.', 3],
  ['1e-3', 0.001],
  ['2E5', 200000],
  ['', undefined],
  ['.', undefined],
  ['1e', undefined],
  ['0x10', undefined],
  ['Infinity', undefined],
  ['1e400', undefined],
  ['1,5', undefined],
  ['1 2', undefined],
  ['１', undefined],
])('parseNumber %s', (cell, value) => expect(parseNumber(cell)).toBe(value));

describe('inferColumnType', () => {
  const infer = (cells: string[]) => inferColumnType(cells, new Set(MISSING_VALUES));
  test.each<[string, string[], string]>([
    ['whole numbers', ['1', '-2', '3.0', '?'], 'integer'],
    ['numbers', ['1', '2.5', ''], 'number'],
    ['beyond safe integers', ['1e300'], 'number'],
    ['names', ['a', 'b', 'a', 'NA'], 'category'],
    ['a number among names', ['1', 'b'], 'category'],
    ['nothing', ['', 'NA'], 'text'],
    ['many names', Array.from({ length: 21 }, (_, i) => `n${i}`), 'text'],
    ['few among many rows', Array.from({ length: 600 }, (_, i) => `n${i % 30}`), 'category'],
  ])('%s', (_, cells, type) => expect(infer(cells)).toBe(type));
});

test('categoriesOf: by value, or by code units', () => {
  expect(categoriesOf(['10', '9', '10', '-1'])).toEqual(['-1', '9', '10']);
  expect(categoriesOf(['b', 'B', 'ä', '10'])).toEqual(['10', 'B', 'b', 'ä']);
});
