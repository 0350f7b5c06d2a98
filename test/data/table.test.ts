import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { readCsv, selectRows, splitTable, tableFrom } from '../../src/data/index.js';
import { columnIndex, showCell } from '../../src/data/table.js';

const table = readCsv('a,b\n1,x\n2,y\n\n3,z\n4,w\n5,v\n', { source: 't.csv' });

test('selectRows keeps the lines', () => {
  const some = selectRows(table, [2, 0]);
  expect(some.rows).toEqual([
    ['3', 'z'],
    ['1', 'x'],
  ]);
  expect([...some.lines]).toEqual([5, 2]);
  expect(() => selectRows(table, [5])).toThrow(ArgumentError);
  expect(() => selectRows(table, [-1])).toThrow('row -1 of 5 does not exist');
});

describe('splitTable', () => {
  test('every row once, in order, the same for the same seed', () => {
    const { train, test: rest } = splitTable(table, { test: 0.4, seed: 3 });
    expect([train.rows.length, rest.rows.length]).toEqual([3, 2]);
    expect([...train.lines]).toEqual([...train.lines].sort((a, b) => a - b));
    expect([...train.lines, ...rest.lines].sort((a, b) => a - b)).toEqual([2, 3, 5, 6, 7]);
    expect(splitTable(table, { test: 0.4, seed: 3 }).test).toEqual(rest);
    const others = [4, 5, 6, 7, 8].map((seed) => splitTable(table, { test: 0.4, seed }).test.lines);
    expect(others.some((lines) => lines.join() !== rest.lines.join())).toBe(true);
  });

  test.each([0, 1, -1, 0.01, NaN])('test %s leaves a part empty', (share) => {
    expect(() => splitTable(table, { test: share })).toThrow(ArgumentError);
  });
});

describe('tableFrom', () => {
  test('cells as text, null as a missing value', () => {
    const made = tableFrom([
      { a: 1.5, b: 'x' },
      { b: true, a: null },
    ]);
    expect(made).toEqual({
      source: 'rows',
      columns: ['a', 'b'],
      rows: [
        ['1.5', 'x'],
        ['', 'true'],
      ],
      lines: new Int32Array([1, 2]),
    });
    expect(tableFrom([]).rows).toEqual([]);
  });

  test('other keys', () => {
    expect(() => tableFrom([{ a: 1 }, { b: 1 }])).toThrow("record 1 lacks 'a'");
    expect(() => tableFrom([{ a: 1 }, { a: 1, b: 1 }])).toThrow("record 1 also has 'b'");
  });
});

test('columnIndex names the nearest', () => {
  const wide = readCsv('length,width,species\n');
  expect(columnIndex(wide, 'width')).toBe(1);
  expect(() => columnIndex(wide, 'widht')).toThrow(FormatError);
  expect(() => columnIndex(wide, 'widht')).toThrow(
    "csv: there is no column 'widht'; did you mean 'width'? The table has length, width, species.",
  );
});

test('showCell cuts', () => {
  expect(showCell('a"b')).toBe('"a\\"b"');
  expect(showCell('x'.repeat(1000)).length).toBeLessThan(70);
});
