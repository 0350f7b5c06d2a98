// covers: src/text/learn-merges.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BytePairTokenizer, tokenizerFromJson } from '../../src/text/index.js';
import type { Merge } from '../../src/text/index.js';
import { golden } from '../nn/check.js';

interface Golden {
  readonly train: readonly string[];
  readonly merges: readonly Merge[];
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

const hf = golden<Golden>('byte-pair.json');
const trained = BytePairTokenizer.train(hf.train, { vocabularySize: 400 });

describe('symbols are those of Hugging Face, given its merges', () => {
  const tokenizer = new BytePairTokenizer(hf.merges);
  test.each(hf.cases.map((c) => [JSON.stringify(c.text), c] as const))('%s', (_, { text, ids }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });
});

/** Merges by counting all pairs anew each time. */
function slowMerges(texts: readonly string[], pieces: RegExp, most: number): Merge[] {
  const words = texts.flatMap((t) => t.match(pieces) ?? []).map((p) => [...Buffer.from(p)]);
  const merges: Merge[] = [];
  for (; merges.length < most;) {
    const counts = new Map<string, number>();
    for (const w of words) {
      for (let i = 0; i + 1 < w.length; i++) {
        const key = `${w[i]} ${w[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const list = [...counts].map(([key, n]) => [...key.split(' ').map(Number), n] as const);
    list.sort(([a, b, m], [c, d, n]) => n! - m! || a! - c! || b! - d!);
    const [a, b, n] = list[0] ?? [];
    if (n === undefined || n < 2) break;
    const made = 256 + merges.length;
    merges.push([a!, b!]);
    for (const w of words) {
      for (let i = 0; i + 1 < w.length; i++) {
        if (w[i] === a && w[i + 1] === b) w.splice(i, 2, made);
      }
    }
  }
  return merges;
}

test('training merges the most frequent pair again and again', () => {
  const pieces = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
  expect(trained.merges).toEqual(slowMerges(hf.train, pieces, 144));
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'c') })), (texts) => {
      const { merges } = BytePairTokenizer.train(texts, { vocabularySize: 276 });
      expect(merges).toEqual(slowMerges(texts, pieces, 20));
    }),
  );
});

test('any string comes back, and any bytes, also from JSON', () => {
  const again = tokenizerFromJson(JSON.parse(JSON.stringify(trained)));
  expect(again.vocabularySize).toBe(trained.vocabularySize);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
      const ids = trained.encode(text);
      expect(trained.decode(ids)).toBe(text);
      expect(again.encode(text)).toEqual(ids);
      expect([...trained.decodeBytes(trained.encodeBytes(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(trained.decode(trained.encode('\ufeffx'))).toBe('\ufeffx');
  expect(trained.decode(trained.encode('a\ud800'))).toBe('a\ufffd');
  expect(trained.decode([0xff])).toBe('\ufffd');
});

test('what does not fit is refused in a sentence', () => {
  expect(() => BytePairTokenizer.train([], { vocabularySize: 255 })).toThrow('at least 256');
  expect(() => BytePairTokenizer.train([], { minFrequency: 0 })).toThrow('minFrequency is 0');
  expect(() => new BytePairTokenizer([[0, 256]])).toThrow('merge 0 is of 0 and 256');
  expect(() => new BytePairTokenizer([...hf.merges, hf.merges[0]!])).toThrow('each pair once');
  expect(() => trained.decode([400])).toThrow('symbol 400');
  expect(() => tokenizerFromJson({ kind: 'byte-pair', merges: [[1]] })).toThrow('no list of pairs');
});
