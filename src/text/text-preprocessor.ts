import { ArgumentError, FormatError } from '../engine/core/errors.js';
import type { NamedArray } from '../io/named-array.js';
import { padSequences } from './pad-sequences.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { tokenizerFromJson } from './tokenizer-from-json.js';

/** A text preprocessor as JSON. */
export interface TextPreprocessorJson {
  readonly length: number;
  readonly tokenizer: TokenizerJson;
}

/** Lengths that a file may ask for. */
const MAX_LENGTH = 1_000_000;

/**
 * Texts as a classifier takes them: i32 [N, T], 0 where a text has ended, and each symbol of the
 * tokenizer as its number + 1. What is longer than T symbols is cut off.
 *
 * @example
 * const preprocessor = new TextPreprocessor(WordTokenizer.fromTexts(['a b']), 4);
 * preprocessor.encode(['b a', '']).values; // 3, 2, 0, 0, 0, 0, 0, 0
 */
export class TextPreprocessor {
  /** @throws ArgumentError for a length that is no integer ≥ 1. */
  constructor(
    readonly tokenizer: Tokenizer,
    /** T. */
    readonly length: number,
  ) {
    if (Number.isInteger(length) && length >= 1 && length <= MAX_LENGTH) return;
    throw new ArgumentError(
      `TextPreprocessor: length is ${length}; use an integer from 1 to ${MAX_LENGTH}.`,
    );
  }

  /**
   * A preprocessor for texts like some: as long as the longest of them, but not beyond `maxLength`
   * symbols.
   */
  static fit(
    texts: readonly string[],
    tokenizer: Tokenizer,
    { maxLength = Infinity }: { readonly maxLength?: number } = {},
  ): TextPreprocessor {
    const longest = texts.reduce((most, t) => Math.max(most, tokenizer.encode(t).length), 1);
    return new TextPreprocessor(tokenizer, Math.min(longest, maxLength));
  }

  /** Makes one again from what `toJSON` gave. Throws a FormatError for anything else. */
  static fromJSON(json: unknown): TextPreprocessor {
    if (typeof json !== 'object' || json === null) {
      throw new FormatError('TextPreprocessor: not an object; give what toJSON() gave.');
    }
    const { length, tokenizer } = json as Record<string, unknown>;
    try {
      return new TextPreprocessor(tokenizerFromJson(tokenizer), length as number);
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      throw new FormatError(error.message, { cause: error });
    }
  }

  /** Symbols of a model's input: those of the tokenizer, and 0. */
  get symbols(): number {
    return this.tokenizer.vocabularySize + 1;
  }

  /** Texts as i32 [N, T]. */
  encode(texts: readonly string[]): NamedArray & { readonly values: Int32Array<ArrayBuffer> } {
    const sequences = texts.map((text) => this.tokenizer.encode(text).map((id) => id + 1));
    return padSequences(sequences, { length: this.length }).ids;
  }

  /** All that `fromJSON` needs to make it again. */
  toJSON(): TextPreprocessorJson {
    return { length: this.length, tokenizer: this.tokenizer.toJSON() };
  }
}
