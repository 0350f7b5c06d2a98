import { ArgumentError } from '../engine/core/errors.js';
import { requireIds } from './require-ids.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { Vocabulary, type VocabularyJson, type VocabularyOptions } from './vocabulary.js';

/** How a text falls into words: see `splitWords`. */
export type WordRule = 'words' | 'whitespace';

/** Options of `splitWords`. */
export interface SplitWordsOptions {
  /** Default 'words'. */
  readonly rule?: WordRule;
  /** Make capitals small first, as Unicode has it, whatever the locale. Default true. */
  readonly lowercase?: boolean;
}

/** Options of `WordTokenizer.fromTexts`. */
export interface WordTokenizerOptions
  extends SplitWordsOptions, Omit<VocabularyOptions, 'specials'> {}

/** A tokenizer of words as JSON. */
export interface WordTokenizerJson extends TokenizerJson {
  readonly kind: 'word';
  readonly rule: WordRule;
  readonly lowercase: boolean;
  readonly vocabulary: VocabularyJson;
}

/** A run of letters, marks, digits and _, with single ' ’ or - inside; or any other character. */
const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}_]+)*|[^\s\p{L}\p{M}\p{N}_]/gu;
const RULES: Readonly<Record<WordRule, RegExp>> = { words: WORD, whitespace: /\S+/gu };

/**
 * The words of a text. By the rule 'words', a word is a run of letters, marks, digits and low lines of
 * any script, within which a single apostrophe or hyphen stands between two of them; each other
 * character that is no white space is a word of its own. By 'whitespace', words are what stands
 * between white space.
 *
 * @example
 * splitWords("Don't stop – it's 7.5!"); // "don't", 'stop', '–', "it's", '7', '.', '5', '!'
 */
export function splitWords(
  text: string,
  { rule = 'words', lowercase = true }: SplitWordsOptions = {},
): string[] {
  return (lowercase ? text.toLowerCase() : text).match(RULES[rule]) ?? [];
}

/**
 * Words as symbols. A word that is not in the vocabulary becomes the unknown one.
 *
 * @example
 * const tokenizer = WordTokenizer.fromTexts(['A good film.', 'a bad one.']);
 * tokenizer.encode('A good one!'); // 2, 5, 6, 0: '!' is not known
 */
export class WordTokenizer implements Tokenizer {
  readonly rule: WordRule;
  readonly lowercase: boolean;

  /** @throws ArgumentError for a rule that there is not. */
  constructor(
    readonly vocabulary: Vocabulary,
    { rule = 'words', lowercase = true }: SplitWordsOptions = {},
  ) {
    if (!Object.hasOwn(RULES, rule)) {
      throw new ArgumentError(
        `WordTokenizer: there is no rule '${rule}'; use ${Object.keys(RULES).join(' or ')}.`,
      );
    }
    this.rule = rule;
    this.lowercase = lowercase;
  }

  /**
   * The vocabulary of some texts, by frequency; unless `unknown` says otherwise, '<unk>' stands for
   * words that are not in it.
   */
  static fromTexts(
    texts: Iterable<string>,
    { rule = 'words', lowercase = true, unknown = '<unk>', ...rest }: WordTokenizerOptions = {},
  ): WordTokenizer {
    const split = { rule, lowercase };
    const lists = Array.from(texts, (text) => splitWords(text, split));
    return new WordTokenizer(Vocabulary.fromTokens(lists, { unknown, ...rest }), split);
  }

  get vocabularySize(): number {
    return this.vocabulary.size;
  }

  encode(text: string): Int32Array {
    return Int32Array.from(splitWords(text, this), (word) => this.vocabulary.id(word));
  }

  /** The words with a space between: what stood between them is not kept. */
  decode(ids: ArrayLike<number>): string {
    requireIds('WordTokenizer', ids, this.vocabularySize);
    return Array.from(ids, (id) => this.vocabulary.token(id)).join(' ');
  }

  toJSON(): WordTokenizerJson {
    const { rule, lowercase, vocabulary } = this;
    return { kind: 'word', rule, lowercase, vocabulary: vocabulary.toJSON() };
  }
}
