import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateKey } from '../../src/io/json-keys.js';

test('what JSON.stringify writes has no duplicates', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      expect(duplicateKey(JSON.stringify(value, undefined, indent))).toBeUndefined();
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1,"c":[{"b":2,"b":3}]}}', 'b'],
  ['{"a":{"a":{"a":1}}}', undefined],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":"a","b":["a",":"],"c":"\\":"}', undefined],
  ['{"\\"":1,"\\u0022":2}', '"'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"\\\\":1 , "b" : {} , "\\\\" : 2}', '\\'],
  ['"a:b"', undefined],
])('%s', (json, key) => {
  JSON.parse(json);
  expect(duplicateKey(json)).toBe(key);
});
