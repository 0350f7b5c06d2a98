/** What turns text into the numbers of its symbols, 0 … vocabularySize - 1, and back. */
export interface Tokenizer {
  /** Number of symbols: the rows of an `Embedding` for it, the classes of a language model. */
  readonly vocabularySize: number;
  /** The symbols of a text in their order; none for an empty text. */
  encode(text: string): Int32Array;
  /** The text of symbols. Throws an IndexError for a number that is none. */
  decode(ids: ArrayLike<number>): string;
  /** All that `tokenizerFromJson` needs to make it again, as JSON. */
  toJSON(): TokenizerJson;
}

/** A tokenizer as JSON: its kind, and what that kind needs. */
export interface TokenizerJson {
  readonly kind: string;
  readonly [field: string]: unknown;
}
