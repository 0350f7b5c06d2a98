import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { readCsv } from '../../src/data/index.js';

const rowsOf = (text: string, options = {}) => readCsv(text, options).rows;

describe('RFC 4180', () => {
  test('plain', () => {
    expect(readCsv('a,b\n1,2\n3,4\n')).toEqual({
      source: 'csv',
      columns: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
      lines: new Int32Array([2, 3]),
    });
    expect(rowsOf('a,b\n1,2')).toEqual([['1', '2']]);
    expect(rowsOf('a,b\n')).toEqual([]);
  });

  test('quotes: delimiters, breaks, doubled quotes, empty cells', () => {
    const { rows, lines } = readCsv('"a",b\r\n"x, ""y""","two\r\nlines"\r\n,""\r\n5,"6"');
    expect(rows).toEqual([
      ['x, "y"', 'two\nlines'],
      ['', ''],
      ['5', '6'],
    ]);
    expect([...lines]).toEqual([2, 4, 5]);
  });

  test('line ends, also mixed; empty lines; a byte order mark', () => {
    expect(rowsOf('\ufeffa,b\r1,2\r\n\n3,4\n  \n')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect([...readCsv('a,b\n\n\n1,2\n').lines]).toEqual([4]);
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode('a,b\n1,2')]);
    expect(readCsv(bytes).columns).toEqual(['a', 'b']);
  });

  test('whatever is quoted comes back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '\t', ';') });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        const header = rows[0]!.map((_, i) => `c${i}`);
        const text = rows.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(','));
        const table = readCsv(text.join('\n'), { header, trim: false });
        expect(table.rows).toEqual(rows);
        const breaks = rows.map((row) => row.join('').split('\n').length);
        expect([...table.lines]).toEqual(
          breaks.map((_, i) => breaks.slice(0, i).reduce((a, b) => a + b, 1)),
        );
      }),
    );
  });
});

describe('options', () => {
  test('delimiter: given, or a tab by the name of the file', () => {
    expect(rowsOf('a;b\n1;2', { delimiter: ';' })).toEqual([['1', '2']]);
    expect(rowsOf('a\tb\n1\t2', { source: 'x/y.TSV.gz' })).toEqual([['1', '2']]);
    for (const delimiter of ['', ',,', '"', '\n']) {
      expect(() => readCsv('a', { delimiter })).toThrow(ArgumentError);
    }
  });

  test('header: the first line, none, or names', () => {
    expect(readCsv('1,2\n', { header: false }).columns).toEqual(['column1', 'column2']);
    expect(readCsv('1,2\n', { header: ['x', 'y'] })).toMatchObject({ rows: [['1', '2']] });
    expect(readCsv(',b\n1,2').columns).toEqual(['column1', 'b']);
  });

  test('trim, quoting, encoding', () => {
    expect(rowsOf('a, b\n1 , x y ')).toEqual([['1', 'x y']]);
    expect(rowsOf('a,b\n1 , x y ', { trim: false })).toEqual([['1 ', ' x y ']]);
    expect(rowsOf('a\tb\nx\tsay "hi\n', { delimiter: '\t', quoting: false })).toEqual([
      ['x', 'say "hi'],
    ]);
    const latin = new Uint8Array([97, 10, 0xfc, 10]);
    expect(readCsv(latin, { encoding: 'windows-1252' }).rows).toEqual([['ü']]);
    expect(() => readCsv(latin, { encoding: 'klingon' })).toThrow(ArgumentError);
  });
});

describe('malformed', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /the file has no lines/],
    [
      'too few cells',
      'a,b\n1,2\n3\n',
      /line 3 has 1 cell, expected 2; check the delimiter \(","\)/,
    ],
    ['too many', 'a,b\n\n"x\ny",2\n1,2,3\n', /line 5 has 3 cells, expected 2/],
    ['an open quote', 'a,b\n1,2\n"3,4\n5,6', /quote in the row that begins on line 3 is never/],
    ['a quote within', 'a,b\n1,2\n"3"x,4\n', /cell in the row that begins on line 3 goes on after/],
    ['two names', 'a,b,a\n', /two columns are named "a"/],
    ['not UTF-8', new Uint8Array([97, 10, 0xfc]), /not utf-8 text; give its encoding/],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0]), /not utf-8 text/],
  ])('%s', (_, input, message) => {
    expect(() => readCsv(input, { source: 'f.csv' })).toThrow(FormatError);
    expect(() => readCsv(input, { source: 'f.csv' })).toThrow(message);
    expect(() => readCsv(input, { source: 'f.csv' })).toThrow(/^csv: f\.csv: /);
  });

  test('quotes without end take no long time', () => {
    const start = performance.now();
    expect(() => readCsv('a,b\n' + '"x"y'.repeat(200_000))).toThrow(FormatError);
    expect(() => readCsv('a,b\n' + '" "'.repeat(200_000))).toThrow(FormatError);
    expect(() => readCsv('a,b\n"' + '" '.repeat(200_000) + ',\n')).toThrow(FormatError);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
