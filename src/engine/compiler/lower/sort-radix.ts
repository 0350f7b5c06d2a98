import type { DType } from '../../core/dtype.js';
import type { Mut } from '../ir/builder.js';
import { i32 } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import type { Line } from './sort-line.js';

/** Bits of a digit: more bins, fewer passes where there are many elements. */
const FEW_BITS = 8;
const MANY_BITS = 11;
const MANY = 8192;
/** Where fewer than this share is asked for, elements that cannot be among them are left out. */
const SELECT_BELOW = 1 / 4;
/** An element while it is sorted: a word of its key, and its position. */
const PAIR = 8;

interface Digits {
  readonly bits: number;
  readonly bins: number;
  /** Digits of a word, the last counting most. */
  readonly passes: number;
}

function digitsOf(n: number, dtype: DType): Digits {
  const bits = n >= MANY && dtype !== 'u8' ? MANY_BITS : FEW_BITS;
  return { bits, bins: 1 << bits, passes: dtype === 'u8' ? 1 : Math.ceil(32 / bits) };
}

export function radixPlan(n: number, dtype: DType): string {
  const { bits, passes } = digitsOf(n, dtype);
  return `by ${passes * (dtype === 'f64' ? 2 : 1)} digits of ${bits} bits`;
}

/** Bytes of workspace for a line: two lists of pairs, and how many there are of each digit. */
export function radixBytes(n: number, dtype: DType): number {
  const { bins, passes } = digitsOf(n, dtype);
  return 2 * PAIR * n + 4 * bins * passes;
}

/**
 * Sorts a long line in linear time, digit by digit from the one that counts least: the digits are
 * counted, which tells where the elements with each digit go, and those go there in their order. A
 * digit that all elements share is skipped. Every place follows from counts: whatever the values,
 * nothing is written outside.
 */
export class RadixSort {
  private readonly digits: Digits;
  private readonly counts: Val;
  private readonly from: Mut;
  private readonly to: Mut;
  /** How many elements take part. */
  private readonly size: Mut;

  constructor(
    private readonly line: Line,
    slot: Val,
    dtype: DType,
  ) {
    const { b, n } = line;
    this.digits = digitsOf(n, dtype);
    this.from = b.declare(slot);
    this.to = b.declare(b.add(slot, i32(PAIR * n)));
    this.counts = b.add(slot, i32(2 * PAIR * n));
    this.size = b.declare(i32(n));
  }

  emit(): void {
    const { b, n, count, words, put } = this.line;
    if (count < n * SELECT_BELOW) this.select();
    else b.for(i32(0), i32(n), 1, (i) => this.write(this.from, i, this.line.key(i)[words - 1]!, i));
    for (let word = words - 1; word >= 0; word--) {
      if (word < words - 1) this.exchangeKeys(word);
      this.sortByWord();
    }
    const from = b.read(this.from);
    b.for(i32(0), i32(count), 1, (rank) => {
      put(rank, b.load('i32', 1, b.add(from, b.mul(rank, i32(PAIR))), 4));
    });
  }

  private write(list: Mut, i: Val, key: Val, position: Val): void {
    const { b } = this.line;
    const place = b.add(b.read(list), b.mul(i, i32(PAIR)));
    b.store('i32', place, key);
    b.store('i32', place, position, 4);
  }

  /** The place of the count of a digit of `word`. */
  private bin(word: Val, pass: number): Val {
    const { b } = this.line;
    const { bits, bins } = this.digits;
    const digit = b.bin('and', b.bin('shrU', word, i32(pass * bits)), i32(bins - 1));
    return b.add(this.counts, b.mul(b.add(digit, i32(pass * bins)), i32(4)));
  }

  private increase(place: Val): void {
    const { b } = this.line;
    b.store('i32', place, b.add(b.load('i32', 1, place), i32(1)));
  }

  private clear(from: number, to: number): void {
    const { b } = this.line;
    b.for(i32(4 * from), i32(4 * to), 4, (at) => b.store('i32', b.add(this.counts, at), i32(0)));
  }

  /**
   * Takes in, in their order, the elements whose highest digit is not above that of the last one
   * asked for.
   */
  private select(): void {
    const { b, n, count, words, key } = this.line;
    const { bits, bins, passes } = this.digits;
    const top = passes - 1;
    this.clear(top * bins, passes * bins);
    b.for(i32(0), i32(n), 1, (i) => this.increase(this.bin(key(i)[0]!, top)));
    const limit = b.declare(i32(0));
    const below = b.declare(i32(0));
    b.for(i32(0), i32(bins), 1, (digit) => {
      const place = b.add(this.counts, b.mul(b.add(digit, i32(top * bins)), i32(4)));
      const full = b.cmp('ge', b.read(below), i32(count));
      b.assign(limit, b.select(full, b.read(limit), digit));
      b.assign(below, b.add(b.read(below), b.load('i32', 1, place)));
    });
    b.assign(this.size, i32(0));
    const last = b.read(limit);
    b.for(i32(0), i32(n), 1, (i) => {
      const parts = key(i);
      const digit = b.bin('shrU', parts[0]!, i32(top * bits));
      b.if(b.cmp('le', digit, last), () => {
        const at = b.read(this.size);
        this.write(this.from, at, parts[words - 1]!, i);
        b.assign(this.size, b.add(at, i32(1)));
      });
    });
  }

  /** Puts another word of the keys in place of the one that the pairs are sorted by. */
  private exchangeKeys(word: number): void {
    const { b, key } = this.line;
    const from = b.read(this.from);
    b.for(i32(0), b.read(this.size), 1, (i) => {
      const place = b.add(from, b.mul(i, i32(PAIR)));
      b.store('i32', place, key(b.load('i32', 1, place, 4))[word]!);
    });
  }

  private sortByWord(): void {
    const { b } = this.line;
    const { bins, passes } = this.digits;
    this.clear(0, passes * bins);
    const from = b.read(this.from);
    const size = b.read(this.size);
    b.for(i32(0), size, 1, (i) => {
      const word = b.load('i32', 1, b.add(from, b.mul(i, i32(PAIR))));
      for (let pass = 0; pass < passes; pass++) this.increase(this.bin(word, pass));
    });
    for (let pass = 0; pass < passes; pass++) {
      const first = b.load('i32', 1, b.read(this.from));
      const shared = b.load('i32', 1, this.bin(first, pass));
      b.if(b.cmp('lt', shared, size), () => this.distribute(pass, size));
    }
  }

  /** Moves the pairs to the other list, in the order of a digit. */
  private distribute(pass: number, size: Val): void {
    const { b } = this.line;
    const { bins } = this.digits;
    const [from, to] = [b.read(this.from), b.read(this.to)];
    const next = b.declare(i32(0));
    b.for(i32(4 * pass * bins), i32(4 * (pass + 1) * bins), 4, (at) => {
      const place = b.add(this.counts, at);
      const start = b.read(next);
      b.assign(next, b.add(start, b.load('i32', 1, place)));
      b.store('i32', place, start);
    });
    b.for(i32(0), size, 1, (i) => {
      const pair = b.add(from, b.mul(i, i32(PAIR)));
      const word = b.load('i32', 1, pair);
      const place = this.bin(word, pass);
      const at = b.load('i32', 1, place);
      const target = b.add(to, b.mul(at, i32(PAIR)));
      b.store('i32', target, word);
      b.store('i32', target, b.load('i32', 1, pair, 4), 4);
      b.store('i32', place, b.add(at, i32(1)));
    });
    b.assign(this.from, to);
    b.assign(this.to, from);
  }
}
