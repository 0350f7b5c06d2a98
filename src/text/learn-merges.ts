/** Two symbols that stand beside each other and become one. */
export type Merge = readonly [first: number, second: number];

/** A piece of text as symbols, and how often it occurs. */
interface Word {
  readonly symbols: number[];
  readonly count: number;
}

interface MergeLimits {
  /** The number of the first symbol that is made. */
  readonly first: number;
  /** How many to make at most. */
  readonly most: number;
  readonly minFrequency: number;
}

/** A pair with its count at the time it was put into the heap. */
interface Entry {
  readonly key: number;
  readonly count: number;
}

const BASE = 2 ** 24;

/**
 * The merges of the most frequent pairs, one after another; of equals the lower pair. Only words that
 * have a pair are looked at when it is merged. `words` are changed.
 */
export function learnMerges(
  words: readonly Word[],
  { first, most, minFrequency }: MergeLimits,
): Merge[] {
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const heap: Entry[] = [];
  const change = (key: number, word: number, by: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + by);
    if (by <= 0) return;
    const found = places.get(key);
    if (found === undefined) places.set(key, new Set([word]));
    else found.add(word);
  };
  for (const [w, { symbols, count }] of words.entries()) {
    for (const key of pairsOf(symbols)) change(key, w, count);
  }
  for (const [key, count] of counts) push(heap, { key, count });
  const merges: Merge[] = [];
  while (merges.length < most) {
    const top = pop(heap);
    if (top === undefined) break;
    const count = counts.get(top.key)!;
    // It was put in when there were more: it goes back to where it belongs now.
    if (count !== top.count) {
      if (count > 0) push(heap, { key: top.key, count });
      continue;
    }
    if (count < minFrequency) break;
    const [a, b] = [Math.floor(top.key / BASE), top.key % BASE];
    const made = first + merges.length;
    merges.push([a, b]);
    const grown = new Set<number>();
    for (const w of places.get(top.key)!) {
      const { symbols, count: n } = words[w]!;
      for (const key of pairsOf(symbols)) change(key, w, -n);
      mergePair(symbols, a, b, made);
      for (const key of pairsOf(symbols)) {
        change(key, w, n);
        if (Math.floor(key / BASE) === made || key % BASE === made) grown.add(key);
      }
    }
    places.delete(top.key);
    for (const key of grown) push(heap, { key, count: counts.get(key)! });
  }
  return merges;
}

function pairsOf(symbols: readonly number[]): number[] {
  return symbols.slice(1).map((second, i) => symbols[i]! * BASE + second);
}

/** Makes one symbol of each a that a b follows, in place, from the left. */
export function mergePair(symbols: number[], a: number, b: number, made: number): void {
  let kept = 0;
  for (let i = 0; i < symbols.length; i++, kept++) {
    const isPair = symbols[i] === a && symbols[i + 1] === b;
    symbols[kept] = isPair ? made : symbols[i]!;
    if (isPair) i++;
  }
  symbols.length = kept;
}

/** Whether x comes out before y: the more frequent, then the lower pair. */
function before(x: Entry, y: Entry): boolean {
  return x.count === y.count ? x.key < y.key : x.count > y.count;
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!before(entry, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return top;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
    if (!before(heap[below]!, last)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = last;
  return top;
}
