import { ArgumentError } from '../engine/core/errors.js';
import { requireIds } from './require-ids.js';
import { showCharacter } from './show-character.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';

/** Options of `CharacterTokenizer`. */
export interface CharacterTokenizerOptions {
  /**
   * The character that stands for those that are not known, such as '\ufffd'; it becomes the last
   * symbol where it is not one already. Default none: they are an error.
   */
  readonly unknown?: string;
}

/** A tokenizer of characters as JSON. */
export interface CharacterTokenizerJson extends TokenizerJson {
  readonly kind: 'character';
  /** In the order of their numbers. */
  readonly characters: readonly string[];
  readonly unknown?: string;
}

/**
 * Characters as symbols, that is Unicode code points: an emoji of one code point is one symbol. Half
 * of a surrogate pair that stands alone counts as a character, so that every string comes back as it
 * was. Nothing is normalised: é as one code point and as e with an accent differ.
 *
 * @example
 * const tokenizer = CharacterTokenizer.fromText('hello');
 * tokenizer.encode('hole'); // 1, 3, 2, 0: the symbols are e, h, l, o
 * tokenizer.decode([1, 3, 2, 0]); // 'hole'
 */
export class CharacterTokenizer implements Tokenizer {
  /** The symbols in the order of their numbers. */
  readonly characters: readonly string[];
  readonly #ids: ReadonlyMap<number, number>;
  readonly #unknown: string | undefined;

  /**
   * @param characters The symbols: different ones, of a code point each.
   * @throws ArgumentError where they are not, or there is none.
   */
  constructor(characters: readonly string[], { unknown }: CharacterTokenizerOptions = {}) {
    const all = [...characters];
    if (unknown !== undefined && !all.includes(unknown)) all.push(unknown);
    const ids = new Map<number, number>();
    for (const [i, character] of all.entries()) {
      const codePoint = character.codePointAt(0);
      if (codePoint === undefined || String.fromCodePoint(codePoint) !== character) {
        throw new ArgumentError(
          `CharacterTokenizer: ${JSON.stringify(character.slice(0, 20))} is not one character; give ` +
            'a list of characters, or use CharacterTokenizer.fromText(text).',
        );
      }
      if (ids.has(codePoint)) {
        throw new ArgumentError(
          `CharacterTokenizer: ${showCharacter(codePoint)} is there twice; give each character once.`,
        );
      }
      ids.set(codePoint, i);
    }
    if (all.length === 0) {
      throw new ArgumentError(
        'CharacterTokenizer: there are no characters; give at least one, or a text that is not empty.',
      );
    }
    this.characters = all;
    this.#ids = ids;
    this.#unknown = unknown;
  }

  /**
   * The characters of a text as symbols, in the order of their code points.
   *
   * @throws ArgumentError for an empty text without `unknown`.
   */
  static fromText(text: string, options: CharacterTokenizerOptions = {}): CharacterTokenizer {
    const found = new Set<number>();
    forEachCodePoint(text, (codePoint) => found.add(codePoint));
    const sorted = [...found].sort((a, b) => a - b);
    return new CharacterTokenizer(
      sorted.map((codePoint) => String.fromCodePoint(codePoint)),
      options,
    );
  }

  get vocabularySize(): number {
    return this.characters.length;
  }

  /** Throws an ArgumentError for a character that is not known, unless one stands for those. */
  encode(text: string): Int32Array {
    const other =
      this.#unknown === undefined ? undefined : this.#ids.get(this.#unknown.codePointAt(0)!);
    const ids = new Int32Array(text.length);
    let count = 0;
    forEachCodePoint(text, (codePoint, at) => {
      const id = this.#ids.get(codePoint) ?? other;
      if (id === undefined) {
        throw new ArgumentError(
          `CharacterTokenizer: ${showCharacter(codePoint)} at position ${at} is not among the ` +
            `${this.characters.length} characters it knows; leave it out, or make the tokenizer with ` +
            "unknown: '\\ufffd'.",
        );
      }
      ids[count++] = id;
    });
    return ids.slice(0, count);
  }

  decode(ids: ArrayLike<number>): string {
    requireIds('CharacterTokenizer', ids, this.characters.length);
    const parts = new Array<string>(ids.length);
    for (let i = 0; i < ids.length; i++) parts[i] = this.characters[ids[i]!]!;
    return parts.join('');
  }

  toJSON(): CharacterTokenizerJson {
    const { characters } = this;
    const json = { kind: 'character', characters } as const;
    return this.#unknown === undefined ? json : { ...json, unknown: this.#unknown };
  }
}

function forEachCodePoint(text: string, visit: (codePoint: number, at: number) => void): void {
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at)!;
    visit(codePoint, at);
    at += codePoint > 0xffff ? 2 : 1;
  }
}
