import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonError } from '../../src/cli/json-error.js';

test.each([
  ['', 'line 1, column 1: expected a value, found the end'],
  ['{"a": 1,\n  "b" 2}', "line 2, column 7: expected ':', found '2'"],
  ['{"a": 1,\n}', "line 2, column 1: expected a name in double quotes, found '}'"],
  ['{a: 1}', "line 1, column 2: expected a name in double quotes or '}', found 'a'"],
  ['{"a": 1\n\n  "b": 2}', "line 3, column 3: expected ',' or '}', found '\"'"],
  ['{"a": [1, 2}', "line 1, column 12: expected ',' or ']', found '}'"],
  ['{"a": [1,]}', "line 1, column 10: expected a value, found ']'"],
  ['{"a": [', "line 1, column 8: expected a value or ']', found the end"],
  ["{'a': 1}", "line 1, column 2: expected a name in double quotes or '}', found '''"],
  ['{"a": 01}', "line 1, column 8: expected ',' or '}', found '1'"],
  ['{"a": .5}', "line 1, column 7: expected a value, found '.'"],
  ['{"a": "\t"}', "line 1, column 7: expected a value, found '\"'"],
  ['{} // done', "line 1, column 4: expected the end, found '/'"],
])('%j: %s', (text, problem) => {
  expect(jsonError(text)).toBe(problem);
});

test('finds a problem exactly where JSON.parse does', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const cut = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '0', ' ', '\\'))
    .map(
      ([text, at, by]) =>
        text.slice(0, at % (text.length + 1)) + by + text.slice(at % (text.length + 1)),
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), cut, fc.string()), (text) => {
      expect(jsonError(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 2000 },
  );
  expect(jsonError('['.repeat(500_000))).toMatch(/column 500001: expected a value or ']'/);
  expect(jsonError(`"${'ab\\n'.repeat(200_000)}"`)).toBeUndefined();
});
