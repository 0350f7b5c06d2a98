/** What a string is made of: one character, or one escape. Whole strings as a pattern backtrack. */
const CHARACTERS = /[^"\\\p{Cc}]+|[\u007f-\u009f]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/uy;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

/** What may come next, in words. */
const EXPECTED = {
  value: 'a value',
  first: "a value or ']'",
  key: 'a name in double quotes',
  firstKey: "a name in double quotes or '}'",
  colon: "':'",
} as const;

/**
 * Where text ceases to be JSON, such as `line 3, column 7: expected ':', found '='`, or undefined
 * where it is JSON. What `JSON.parse` says depends on the engine, and often has no place.
 */
export function jsonError(text: string): string | undefined {
  const open: ('}' | ']')[] = [];
  let want: keyof typeof EXPECTED | 'next' = 'value';
  let at = 0;
  for (;;) {
    at = endOf(SPACE, text, at)!;
    const c = text[at];
    const last: '}' | ']' | undefined = open.at(-1);
    if (want === 'next') {
      if (last === undefined) return c === undefined ? undefined : problem(text, at, 'the end');
      if (c === last) open.pop();
      else if (c === ',') want = last === '}' ? 'key' : 'value';
      else return problem(text, at, `',' or '${last}'`);
      at++;
    } else if ((want === 'first' || want === 'firstKey') && c === last) {
      open.pop();
      want = 'next';
      at++;
    } else if (want === 'colon') {
      if (c !== ':') return problem(text, at, EXPECTED[want]);
      want = 'value';
      at++;
    } else {
      const isKey: boolean = want === 'key' || want === 'firstKey';
      if (!isKey && (c === '{' || c === '[')) {
        open.push(c === '{' ? '}' : ']');
        want = c === '{' ? 'firstKey' : 'first';
        at++;
        continue;
      }
      const end = stringEnd(text, at) ?? (isKey ? undefined : endOf(SCALAR, text, at));
      if (end === undefined) return problem(text, at, EXPECTED[want]);
      want = isKey ? 'colon' : 'next';
      at = end;
    }
  }
}

/** Where the string that begins at `at` ends, if there is one. */
function stringEnd(text: string, at: number): number | undefined {
  if (text[at] !== '"') return undefined;
  let end: number | undefined = at + 1;
  while (end !== undefined && text[end] !== '"') end = endOf(CHARACTERS, text, end);
  return end === undefined ? undefined : end + 1;
}

/** Where the match at `at` ends, if there is one. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function problem(text: string, at: number, expected: string): string {
  const before = text.slice(0, at).split('\n');
  const found = at < text.length ? `'${String.fromCodePoint(text.codePointAt(at)!)}'` : 'the end';
  return (
    `line ${before.length}, column ${before.at(-1)!.length + 1}: expected ${expected}, ` +
    `found ${found}`
  );
}
