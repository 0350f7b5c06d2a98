import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { intLike } from './pieces.js';

/** A non-negative number Σ words[k] · 2^(-32 (first + k)), its words unsigned i32, highest first. */
export interface Words {
  readonly words: readonly Val[];
  readonly first: number;
}

/**
 * The words of x y at positions 1 … count, that is its fraction: what is above overflows away, and
 * of what is below only the carries within word `count` + 1 are missing.
 */
export function fractionOfProduct(b: FuncBuilder, x: Words, y: Words, count: number): Val[] {
  const sums: (Val | undefined)[] = [];
  const add = (position: number, v: Val): void => {
    if (position < 1 || position > count) return;
    const before = sums[position];
    const sum = before ? b.add(before, v) : v;
    sums[position] = sum;
    if (before && position > 1) add(position - 1, b.convert('i32', b.cmp('ltU', sum, v)));
  };
  x.words.forEach((u, i) => {
    y.words.forEach((v, j) => {
      const position = x.first + i + y.first + j;
      if (position >= 1 && position <= count) add(position, b.mul(u, v));
      if (position >= 2 && position <= count + 1) add(position - 1, b.bin('mulHiU', u, v));
    });
  });
  return Array.from({ length: count }, (_, k) => sums[k + 1] ?? intLike(x.words[0]!, 0));
}

/** The `count` words of a table (highest first) from word `index` on, for 0 ≤ index < 2^bits. */
export function windowOf(
  b: FuncBuilder,
  table: readonly number[],
  index: Val,
  bits: number,
  count: number,
): Val[] {
  let words = table.map((w) => intLike(index, w));
  for (let k = bits - 1; k >= 0; k--) {
    const half = 1 << k;
    const set = b.cmp('ne', b.bin('and', index, intLike(index, half)), intLike(index, 0));
    const length = Math.min(words.length - half, count + half - 1);
    words = Array.from({ length }, (_, i) => b.select(set, words[i + half]!, words[i]!));
  }
  return words.slice(0, count);
}
