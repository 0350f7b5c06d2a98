/**
 * The first key that an object in `json` holds twice, or undefined. `JSON.parse` keeps the last of
 * them silently, so that two readers of one file may see different tensors.
 *
 * @param json text that `JSON.parse` has accepted; only strings, brackets and colons are looked at.
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case 0x7b: // {
        open.push(new Set());
        break;
      case 0x5b: // [
        open.push(undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x22: {
        const end = closingQuote(json, i);
        last = json.slice(i, end + 1);
        i = end;
        break;
      }
      case 0x3a: {
        const keys = open[open.length - 1]!;
        const key = last.includes('\\') ? (JSON.parse(last) as string) : last.slice(1, -1);
        if (keys.has(key)) return key;
        keys.add(key);
        break;
      }
    }
  }
  return undefined;
}

function closingQuote(json: string, start: number): number {
  let i = start + 1;
  while (json.charCodeAt(i) !== 0x22) i += json.charCodeAt(i) === 0x5c ? 2 : 1;
  return i;
}
