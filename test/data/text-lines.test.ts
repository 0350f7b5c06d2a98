import { expect, test } from 'vitest';
import { ArgumentError, FormatError } from '../../src/engine/core/errors.js';
import { decodeText, readLines } from '../../src/data/index.js';

test('lines end in LF or CRLF and in nothing else', () => {
  expect(readLines('one\r\ntwo\n\nfour')).toEqual(['one', 'two', '', 'four']);
  expect(readLines('a\u0085b\u2028c\rd\n')).toEqual(['a\u0085b\u2028c\rd']);
  expect(readLines('')).toEqual([]);
  expect(readLines('\n')).toEqual(['']);
  // Not 0x85, which Node 20 decodes as latin1.
  const latin = new Uint8Array([0xe9, 10, 0xfc]);
  expect(readLines(latin, { encoding: 'windows-1252' })).toEqual(['é', 'ü']);
});

test('decodeText', () => {
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc]))).toBe('ü');
  expect(() => decodeText(new Uint8Array([0xfc]), { source: 'a.txt' })).toThrow(FormatError);
  expect(() => decodeText(new Uint8Array([0xfc]), { source: 'a.txt' })).toThrow(
    'a.txt: not utf-8 text; give its encoding',
  );
  expect(() => decodeText(new Uint8Array(), { encoding: 'none' })).toThrow(ArgumentError);
});
