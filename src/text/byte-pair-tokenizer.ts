import { ArgumentError, FormatError } from '../engine/core/errors.js';
import { learnMerges, mergePair, type Merge } from './learn-merges.js';
import { requireIds } from './require-ids.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';

/** Options of `BytePairTokenizer.train`. */
export interface BytePairOptions {
  /** Symbols at most, from 256 on: the bytes, and a symbol for each merge. Default 1000. */
  readonly vocabularySize?: number;
  /** Pairs that occur less often are not merged. Default 2. */
  readonly minFrequency?: number;
}

/** A tokenizer of bytes and merges as JSON. */
export interface BytePairJson extends TokenizerJson {
  readonly kind: 'byte-pair';
  /** Merge i makes symbol 256 + i of two symbols below that. */
  readonly merges: readonly Merge[];
}

/** What merges do not go beyond, as in GPT-2: endings such as 's, words, numbers, signs, spaces. */
const PIECES = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const BYTES = 256;
/** Pieces whose symbols are kept. */
const MOST_KEPT = 50_000;

/**
 * Byte-level byte pair encoding: a text is its UTF-8 bytes, cut into pieces by GPT-2's pattern, in
 * which the most frequent pairs of neighbours of the training text have become symbols of their own,
 * one after another. Any string comes back as it was, except that half of a surrogate pair, which UTF-8
 * cannot hold, becomes U+FFFD; `decodeBytes` gives back any bytes. Sennrich et al., 2016,
 * arXiv:1508.07909; Radford et al., 2019.
 *
 * @example
 * const tokenizer = BytePairTokenizer.train(['low lower lowest'], { vocabularySize: 258 });
 * tokenizer.encode('low'); // 257: 'lo' became 256, and 'low' 257
 * tokenizer.decode([257, 33]); // 'low!'
 */
export class BytePairTokenizer implements Tokenizer {
  readonly merges: readonly Merge[];
  readonly #ranks: ReadonlyMap<number, number>;
  readonly #bytes: readonly Uint8Array[];
  readonly #known = new Map<string, readonly number[]>();

  /** @throws ArgumentError for a merge of symbols that are not there yet, or one that is there twice. */
  constructor(merges: readonly Merge[]) {
    const ranks = new Map<number, number>();
    const bytes = Array.from({ length: BYTES }, (_, b) => Uint8Array.of(b));
    for (const [i, [a, b]] of merges.entries()) {
      const isThere = [a, b].every((s) => Number.isInteger(s) && s >= 0 && s < BYTES + i);
      if (!isThere || ranks.has(keyOf(a, b))) {
        throw new ArgumentError(
          `BytePairTokenizer: merge ${i} is of ${a} and ${b}; give each pair once, of symbols of ` +
            `0…${BYTES + i - 1}.`,
        );
      }
      ranks.set(keyOf(a, b), BYTES + i);
      bytes.push(Uint8Array.of(...bytes[a]!, ...bytes[b]!));
    }
    this.merges = merges;
    this.#ranks = ranks;
    this.#bytes = bytes;
  }

  /**
   * Learns merges from texts: again and again the most frequent pair, of equals the one with the lower
   * first and then second symbol, so that the same texts give the same merges everywhere.
   *
   * @throws ArgumentError for options that cannot be.
   */
  static train(
    texts: Iterable<string>,
    { vocabularySize = 1000, minFrequency = 2 }: BytePairOptions = {},
  ): BytePairTokenizer {
    if (!Number.isInteger(vocabularySize) || vocabularySize < BYTES) {
      throw new ArgumentError(
        `BytePairTokenizer: vocabularySize is ${vocabularySize}; use an integer of at least ${BYTES}.`,
      );
    }
    if (!(minFrequency >= 1)) {
      throw new ArgumentError(
        `BytePairTokenizer: minFrequency is ${minFrequency}; use a number of at least 1.`,
      );
    }
    const counts = new Map<string, number>();
    for (const text of texts) {
      for (const piece of text.match(PIECES) ?? []) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
    const encoder = new TextEncoder();
    const words = [...counts].map(([piece, count]) => ({
      symbols: [...encoder.encode(piece)],
      count,
    }));
    const merges = learnMerges(words, { first: BYTES, most: vocabularySize - BYTES, minFrequency });
    return new BytePairTokenizer(merges);
  }

  get vocabularySize(): number {
    return this.#bytes.length;
  }

  encode(text: string): Int32Array {
    const encoder = new TextEncoder();
    const ids: number[] = [];
    for (const piece of text.match(PIECES) ?? []) {
      let symbols = this.#known.get(piece);
      if (symbols === undefined) {
        symbols = this.merged([...encoder.encode(piece)]);
        if (this.#known.size < MOST_KEPT) this.#known.set(piece, symbols);
      }
      for (const symbol of symbols) ids.push(symbol);
    }
    return Int32Array.from(ids);
  }

  /** The symbols of bytes, which need not be UTF-8; they are one piece. */
  encodeBytes(bytes: Uint8Array): Int32Array {
    return Int32Array.from(this.merged([...bytes]));
  }

  /** Bytes that are no UTF-8, as part of a character alone may be, become U+FFFD. */
  decode(ids: ArrayLike<number>): string {
    // A byte order mark is a character like others here.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.decodeBytes(ids));
  }

  /** The bytes of symbols. Throws an IndexError for a number that is none. */
  decodeBytes(ids: ArrayLike<number>): Uint8Array<ArrayBuffer> {
    requireIds('BytePairTokenizer', ids, this.vocabularySize);
    const parts = Array.from(ids, (id) => this.#bytes[id]!);
    const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  toJSON(): BytePairJson {
    return { kind: 'byte-pair', merges: this.merges };
  }

  /** The symbols with all merges made, the earliest learnt first. */
  private merged(symbols: number[]): number[] {
    for (;;) {
      let least = Infinity;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const made = this.#ranks.get(keyOf(symbols[i]!, symbols[i + 1]!));
        if (made !== undefined && made < least) least = made;
      }
      if (least === Infinity) return symbols;
      const [a, b] = this.merges[least - BYTES]!;
      mergePair(symbols, a, b, least);
    }
  }
}

/** A list of pairs from a file. Throws a FormatError for anything else. */
export function mergesFrom(json: unknown): Merge[] {
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((s) => Number.isInteger(s));
  if (Array.isArray(json) && json.every(isPair)) return json as Merge[];
  throw new FormatError("tokenizerFromJson: 'merges' is no list of pairs of symbols.");
}

const keyOf = (a: number, b: number): number => a * 2 ** 24 + b;
