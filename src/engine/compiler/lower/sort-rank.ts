import { constant, i32 } from '../ir/builder.js';
import type { Target, Ty, Val } from '../ir/ir.js';
import type { Line } from './sort-line.js';

/** The widest vector of any target, in i32 lanes. */
const MOST_LANES = 16;

function padded(n: number): number {
  return Math.ceil(n / MOST_LANES) * MOST_LANES;
}

/** Bytes of workspace for a line: two words of key and a rank for each element. */
export function rankBytes(n: number): number {
  return 3 * 4 * padded(n);
}

/**
 * Sorts a short line without a branch: an element's rank is the number of those with a smaller key,
 * and of those before it with an equal one.
 */
export class RankSort {
  private readonly lanes: number;

  constructor(
    private readonly line: Line,
    private readonly slot: Val,
    target: Target,
  ) {
    this.lanes = target.vectorBytes / 4;
  }

  /** Where a word of the key, or the ranks (word 2), of the elements lie. */
  private at(word: number): number {
    return word * 4 * padded(this.line.n);
  }

  emit(): void {
    const { line, slot, lanes } = this;
    const { b, n, count } = line;
    b.for(i32(0), i32(n), 1, (i) => {
      const place = b.add(slot, b.mul(i, i32(4)));
      line.key(i).forEach((word, w) => b.store('i32', place, word, this.at(w)));
    });
    b.for(i32(0), i32(n), lanes, (i) => this.rank(i));
    b.for(i32(0), i32(n), 1, (i) => {
      const rank = b.load('i32', 1, b.add(slot, b.mul(i, i32(4))), this.at(2));
      if (count === n) line.put(rank, i);
      else b.if(b.cmp('ltU', rank, i32(count)), () => line.put(rank, i));
    });
  }

  /** The ranks of a vector of elements from `first` on; those past the end are not used. */
  private rank(first: Val): void {
    const { line, slot, lanes } = this;
    const { b, n } = line;
    const ty: Ty = { elem: 'i32', lanes };
    const place = b.add(slot, b.mul(first, i32(4)));
    const own = Array.from({ length: line.words }, (_, w) => {
      return b.load('i32', lanes, place, this.at(w));
    });
    const steps = b.pack(Array.from({ length: lanes }, (_, l) => i32(l)));
    const index = b.add(b.splat(first, lanes), steps);
    const rank = b.declare(constant(ty, 0));
    b.for(i32(0), i32(n), 1, (j) => {
      const other = b.add(slot, b.mul(j, i32(4)));
      let before = b.cmp('lt', b.splat(j, lanes), index);
      for (let w = line.words - 1; w >= 0; w--) {
        const word = b.splat(b.load('i32', 1, other, this.at(w)), lanes);
        const less = b.cmp('ltU', word, own[w]!);
        before = b.bin('or', less, b.bin('and', b.cmp('eq', word, own[w]!), before));
      }
      b.assign(rank, b.add(b.read(rank), b.convert('i32', before)));
    });
    b.store('i32', place, b.read(rank), this.at(2));
  }
}
