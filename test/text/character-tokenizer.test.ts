// covers: src/text/tokenizer.ts, src/text/require-ids.ts, src/text/show-character.ts
// covers: src/text/tokenizer-from-json.ts, src/text/index.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CharacterTokenizer, tokenizerFromJson } from '../../src/text/index.js';
import type { Tokenizer } from '../../src/text/index.js';

const again = (tokenizer: Tokenizer): Tokenizer =>
  tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));

describe('CharacterTokenizer', () => {
  test('numbers characters in the order of their code points', () => {
    const tokenizer = CharacterTokenizer.fromText('hello 🙂é');
    expect(tokenizer.characters).toEqual([' ', 'e', 'h', 'l', 'o', 'é', '🙂']);
    expect(tokenizer.vocabularySize).toBe(7);
    expect(tokenizer.encode('oh🙂')).toEqual(Int32Array.of(4, 2, 6));
    expect(tokenizer.decode(Int32Array.of(6, 4))).toBe('🙂o');
  });

  test('any text comes back, also from JSON, halves of surrogate pairs included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.boolean(), (drawn, broken) => {
        const text = broken ? `${drawn}\ud800x\udc00` : drawn;
        const tokenizer = CharacterTokenizer.fromText(text);
        for (const t of [tokenizer, again(tokenizer)]) expect(t.decode(t.encode(text))).toBe(text);
      }),
    );
  });

  test('an empty text has no symbols', () => {
    const tokenizer = CharacterTokenizer.fromText('a');
    expect(tokenizer.encode('')).toEqual(new Int32Array(0));
    expect(tokenizer.decode([])).toBe('');
  });

  test('a character that is not known is an error, or becomes the one that stands for it', () => {
    expect(() => CharacterTokenizer.fromText('ab').encode('abé')).toThrow(
      'CharacterTokenizer: "é" (U+00E9) at position 2 is not among the 2 characters it knows',
    );
    const tokenizer = again(CharacterTokenizer.fromText('ab', { unknown: '\ufffd' }));
    expect(tokenizer.encode('bé')).toEqual(Int32Array.of(1, 2));
    expect(tokenizer.decode([1, 2])).toBe('b\ufffd');
    const known = CharacterTokenizer.fromText('a?', { unknown: '?' });
    expect(known.vocabularySize).toBe(2);
    expect(known.encode('xa')).toEqual(Int32Array.of(0, 1));
  });

  test('what does not fit is refused in a sentence', () => {
    expect(() => CharacterTokenizer.fromText('')).toThrow('there are no characters');
    expect(() => new CharacterTokenizer(['ab'])).toThrow('"ab" is not one character');
    expect(() => new CharacterTokenizer(['a', 'a'])).toThrow('"a" (U+0061) is there twice');
    const tokenizer = CharacterTokenizer.fromText('ab');
    expect(() => tokenizer.decode([0, 2])).toThrow(
      'symbol 2 at position 1 is not in a vocabulary of 2; use 0…1',
    );
    expect(() => tokenizer.decode([0.5])).toThrow('symbol 0.5');
  });
});

test('JSON that describes no tokenizer is refused', () => {
  for (const [json, message] of [
    [null, 'not an object'],
    [{}, 'kind is undefined'],
    [{ kind: 'toString' }, 'kind is "toString"; known: character'],
    [{ kind: 'character', characters: 'ab' }, "'characters' is no list of texts"],
    [{ kind: 'character', characters: ['ab'] }, 'is not one character'],
    [{ kind: 'character', characters: ['a'], unknown: 1 }, "'unknown' is no text"],
  ] as const) {
    expect(() => tokenizerFromJson(json)).toThrow(message);
  }
});
