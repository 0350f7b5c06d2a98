import { ArgumentError, IndexError } from '../engine/core/errors.js';

/** Options of `Vocabulary.fromTokens`. */
export interface VocabularyOptions {
  /** Tokens that occur less often are left out, ≥ 1. Default 1. */
  readonly minFrequency?: number;
  /** How many tokens there may be, special ones included; the rarest are left out. Default no limit. */
  readonly maxSize?: number;
  /** Tokens that come first, in this order, whether they occur or not. Default none. */
  readonly specials?: readonly string[];
  /** The token that stands for those that are not known; put first if it is not there. Default none. */
  readonly unknown?: string;
}

/** A vocabulary as JSON. */
export interface VocabularyJson {
  /** In the order of their numbers. */
  readonly tokens: readonly string[];
  readonly unknown?: string;
}

/**
 * Tokens and their numbers, 0 … size - 1.
 *
 * @example
 * const vocabulary = Vocabulary.fromTokens([['the', 'cat'], ['the', 'dog']], { unknown: '<unk>' });
 * vocabulary.tokens; // '<unk>', 'the', 'cat', 'dog'
 * vocabulary.id('bird'); // 0
 */
export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #unknownId: number | undefined;

  /**
   * @param tokens In the order of their numbers.
   * @param unknown The one of them that stands for others; none by default.
   * @throws ArgumentError where a token is there twice, or the unknown one is not there.
   */
  constructor(
    readonly tokens: readonly string[],
    readonly unknown?: string,
  ) {
    const ids = new Map(tokens.map((token, i) => [token, i]));
    if (ids.size < tokens.length) {
      const twice = tokens.find((token, i) => ids.get(token) !== i)!;
      throw new ArgumentError(`Vocabulary: ${show(twice)} is there twice; give each token once.`);
    }
    if (unknown !== undefined && !ids.has(unknown)) {
      throw new ArgumentError(
        `Vocabulary: the unknown token ${show(unknown)} is not among the tokens; add it.`,
      );
    }
    this.#ids = ids;
    this.#unknownId = unknown === undefined ? undefined : ids.get(unknown)!;
  }

  /**
   * The tokens of some lists: special ones first, then the most frequent first, those that are as
   * frequent in the order of their code units.
   *
   * @throws ArgumentError for options that cannot be.
   */
  static fromTokens(
    lists: Iterable<Iterable<string>>,
    { minFrequency = 1, maxSize = Infinity, specials = [], unknown }: VocabularyOptions = {},
  ): Vocabulary {
    const first =
      unknown === undefined || specials.includes(unknown) ? specials : [unknown, ...specials];
    if (!(minFrequency >= 1)) {
      throw new ArgumentError(
        `Vocabulary: minFrequency is ${minFrequency}; use a number of at least 1.`,
      );
    }
    if (!(maxSize >= first.length)) {
      throw new ArgumentError(
        `Vocabulary: maxSize is ${maxSize}, and there are ${first.length} special tokens; use at ` +
          `least ${first.length}.`,
      );
    }
    const counts = new Map<string, number>();
    for (const list of lists) {
      for (const token of list) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    for (const token of first) counts.delete(token);
    const kept = [...counts].filter(([, count]) => count >= minFrequency);
    kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const rest = kept.slice(0, Math.max(0, maxSize - first.length)).map(([token]) => token);
    return new Vocabulary([...first, ...rest], unknown);
  }

  /** Makes a vocabulary again from what `toJSON` gave. */
  static fromJSON({ tokens, unknown }: VocabularyJson): Vocabulary {
    return new Vocabulary(tokens, unknown);
  }

  /** Number of tokens. */
  get size(): number {
    return this.tokens.length;
  }

  /** Whether a token has a number of its own. */
  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /** The number of a token, or that of the unknown one; throws an ArgumentError where there is none. */
  id(token: string): number {
    const id = this.#ids.get(token) ?? this.#unknownId;
    if (id !== undefined) return id;
    throw new ArgumentError(
      `Vocabulary: ${show(token)} is not among the ${this.size} tokens, and none stands for unknown ` +
        "ones; leave it out, or make the vocabulary with unknown: '<unk>'.",
    );
  }

  /** The token of a number; throws an IndexError where there is none. */
  token(id: number): string {
    const token = this.tokens[id];
    if (token !== undefined) return token;
    throw new IndexError(
      `Vocabulary: there is no token ${id} among ${this.size}; use 0…${this.size - 1}.`,
    );
  }

  /** All that `fromJSON` needs to make it again. */
  toJSON(): VocabularyJson {
    const { tokens, unknown } = this;
    return unknown === undefined ? { tokens } : { tokens, unknown };
  }
}

const show = (token: string): string => JSON.stringify(token.slice(0, 60));
