// covers: src/text/word-tokenizer.ts, src/text/pad-sequences.ts, src/text/text-preprocessor.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  padSequences,
  splitWords,
  TextPreprocessor,
  tokenizerFromJson,
  Vocabulary,
  WordTokenizer,
} from '../../src/text/index.js';

const LISTS = [
  ['b', 'a', 'c'],
  ['a', 'b', 'd', 'a'],
];

describe('Vocabulary', () => {
  test('special tokens come first, then the most frequent, equals in order', () => {
    const options = { specials: ['<pad>', 'd'], unknown: '<unk>' };
    const vocabulary = Vocabulary.fromTokens(LISTS, options);
    expect(vocabulary.tokens).toEqual(['<unk>', '<pad>', 'd', 'a', 'b', 'c']);
    expect(vocabulary.id('a')).toBe(3);
    expect(vocabulary.id('z')).toBe(0);
    expect(vocabulary.has('z')).toBe(false);
    expect(vocabulary.token(4)).toBe('b');
    const again = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)) as never);
    expect(again).toEqual(vocabulary);
  });

  test('rare tokens are left out, by frequency or by size', () => {
    expect(Vocabulary.fromTokens(LISTS, { minFrequency: 2 }).tokens).toEqual(['a', 'b']);
    const small = Vocabulary.fromTokens(LISTS, { maxSize: 3, specials: ['<pad>'] });
    expect(small.tokens).toEqual(['<pad>', 'a', 'b']);
  });

  test('what does not fit is refused in a sentence', () => {
    expect(() => new Vocabulary(['a', 'b', 'a'])).toThrow('"a" is there twice');
    expect(() => new Vocabulary(['a'], 'u')).toThrow('the unknown token "u" is not among');
    expect(() => Vocabulary.fromTokens([], { minFrequency: 0 })).toThrow('minFrequency is 0');
    expect(() => Vocabulary.fromTokens([], { maxSize: 0, unknown: 'u' })).toThrow('at least 1');
    expect(() => new Vocabulary(['a']).id('b')).toThrow('"b" is not among the 1 tokens');
    expect(() => new Vocabulary(['a']).token(1)).toThrow('there is no token 1 among 1');
  });
});

describe('splitWords', () => {
  test('letters, marks and digits of any script, with single apostrophes and hyphens inside', () => {
    expect(splitWords("Don't stop – it's 7.5!")).toEqual([
      "don't",
      'stop',
      '–',
      "it's",
      '7',
      '.',
      '5',
      '!',
    ]);
    expect(splitWords("'tis well-known-- rock'n'roll '90s")).toEqual([
      "'",
      'tis',
      'well-known',
      '-',
      '-',
      "rock'n'roll",
      "'",
      '90s',
    ]);
    expect(splitWords('Élan ΣΊΣΥΦΟΣ 東京 हिन्दी 🙂🙂')).toEqual([
      'élan',
      'σίσυφος',
      '東京',
      'हिन्दी',
      '🙂',
      '🙂',
    ]);
    expect(splitWords(' \n\t ')).toEqual([]);
  });

  test('by white space, and with capitals', () => {
    expect(splitWords(' A b\u00a0c. ', { rule: 'whitespace', lowercase: false })).toEqual([
      'A',
      'b',
      'c.',
    ]);
  });

  test('nothing but white space is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const words = splitWords(text, { lowercase: false });
        expect(words.join('')).toBe(text.replaceAll(/\s/gu, ''));
      }),
    );
  });
});

describe('WordTokenizer', () => {
  const tokenizer = WordTokenizer.fromTexts(['A good film.', 'a bad one.']);

  test('numbers words, also from JSON; others are the unknown one', () => {
    expect(tokenizer.vocabulary.tokens).toEqual(['<unk>', '.', 'a', 'bad', 'film', 'good', 'one']);
    const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));
    for (const t of [tokenizer, again]) {
      expect(t.encode('A GOOD one!')).toEqual(Int32Array.of(2, 5, 6, 0));
      expect(t.decode([2, 3, 4])).toBe('a bad film');
      expect(t.encode('')).toEqual(new Int32Array());
      expect(() => t.decode([7])).toThrow('symbol 7 at position 0 is not in a vocabulary of 7');
    }
  });

  test('what does not fit is refused in a sentence', () => {
    const odd = { rule: 'x' as never };
    expect(() => new WordTokenizer(tokenizer.vocabulary, odd)).toThrow("there is no rule 'x'");
    const json = JSON.parse(JSON.stringify(tokenizer)) as Record<string, unknown>;
    expect(() => tokenizerFromJson({ ...json, lowercase: 1 })).toThrow("'lowercase' is no true");
    expect(() => tokenizerFromJson({ ...json, vocabulary: 1 })).toThrow("'vocabulary' is no obj");
    expect(() => tokenizerFromJson({ ...json, vocabulary: { tokens: ['a', 'a'] } })).toThrow(
      'is there twice',
    );
  });
});

describe('padSequences', () => {
  test('fills up and cuts off, at either side', () => {
    const sequences = [[5, 6, 7], [8], []];
    const { ids, lengths } = padSequences(sequences, { length: 2 });
    expect(ids).toEqual({ dtype: 'i32', shape: [3, 2], values: Int32Array.of(5, 6, 8, 0, 0, 0) });
    expect(lengths.values).toEqual(Int32Array.of(2, 1, 0));
    const other = padSequences(sequences, { length: 2, padding: 9, side: 'start', cut: 'start' });
    expect(other.ids.values).toEqual(Int32Array.of(6, 7, 9, 8, 9, 9));
    expect(padSequences(sequences).ids.shape).toEqual([3, 3]);
    expect(padSequences([[]]).ids.values).toEqual(Int32Array.of(0));
    expect(() => padSequences(sequences, { length: 0 })).toThrow('length is 0');
  });
});

describe('TextPreprocessor', () => {
  test('symbols from 1 on, 0 behind the end; as long as the longest text, or as wanted', () => {
    const texts = ['a b c', 'c'];
    const tokenizer = WordTokenizer.fromTexts(texts);
    const preprocessor = TextPreprocessor.fit(texts, tokenizer);
    expect(preprocessor.length).toBe(3);
    expect(preprocessor.symbols).toBe(5);
    const again = TextPreprocessor.fromJSON(JSON.parse(JSON.stringify(preprocessor)));
    for (const p of [preprocessor, again]) {
      expect(p.encode(['a z', '', 'a b c a']).values).toEqual(
        Int32Array.of(3, 1, 0, 0, 0, 0, 3, 4, 2),
      );
    }
    expect(TextPreprocessor.fit(texts, tokenizer, { maxLength: 2 }).length).toBe(2);
  });

  test('what does not fit is refused in a sentence', () => {
    const tokenizer = WordTokenizer.fromTexts(['a']);
    expect(() => new TextPreprocessor(tokenizer, 0)).toThrow('length is 0');
    expect(() => TextPreprocessor.fromJSON(3)).toThrow('not an object');
    expect(() => TextPreprocessor.fromJSON({ length: 'x', tokenizer: tokenizer.toJSON() })).toThrow(
      'length is x',
    );
    expect(() => TextPreprocessor.fromJSON({ length: 3 })).toThrow('not an object');
  });
});
