/** Drawn pointers of segments and structures of sparse matrices. */
import type { RefArray } from '../../../src/engine/ops/index.js';
import type { Rng } from './rng.js';

function vector(data: readonly number[]): RefArray {
  return { shape: [data.length], dtype: 'i32', data: Float64Array.from(data) };
}

/**
 * Pointers of `count` segments over `size` elements: mostly ascending and all of them, sometimes with
 * elements before the first or after the last. `wild`: now and then any numbers.
 */
export function drawPointers(rng: Rng, count: number, size: number, wild: boolean): RefArray {
  const anywhere = (): number => rng.int(0, size);
  const ends = [-2147483648, 2147483647, -1, size + 1];
  if (wild && rng.chance(0.25)) {
    const any = (): number => (rng.chance(0.3) ? rng.pick(ends) : anywhere());
    return vector(rng.list(count + 1, any));
  }
  const ptr = rng.list(count + 1, anywhere).sort((a, b) => a - b);
  if (count > 0 && rng.chance(0.7)) [ptr[0], ptr[count]] = [0, size];
  return vector(ptr);
}

/** Pointers of up to `count` segments over `size` elements, none of them empty. */
export function drawFilledPointers(rng: Rng, count: number, size: number): RefArray {
  const all = Array.from({ length: size + 1 }, (_, e) => e);
  const cuts = rng.shuffle(all).slice(0, count + 1);
  return vector(cuts.sort((a, b) => a - b));
}

/** The structure of the matrix with these rows and columns: its transpose, and the ways between. */
export function structureOf(ptr: RefArray, index: RefArray, columns: number): RefArray[] {
  const slots = index.data.length;
  const row = new Array<number>(slots).fill(-1);
  for (let v = 0; v + 1 < ptr.data.length; v++) {
    const stop = Math.min(slots, ptr.data[v + 1]!);
    for (let j = Math.max(0, ptr.data[v]!); j < stop; j++) row[j] = v;
  }
  const held = (j: number): boolean =>
    row[j]! >= 0 && index.data[j]! >= 0 && index.data[j]! < columns;
  const order = [...row.keys()].filter(held);
  order.sort((i, j) => index.data[i]! - index.data[j]! || i - j);
  const tptr = Array.from(
    { length: columns + 1 },
    (_, u) => order.filter((j) => index.data[j]! < u).length,
  );
  const padded = [...order, ...new Array<number>(slots - order.length).fill(-1)];
  return [
    ptr,
    index,
    vector(tptr),
    vector(padded.map((j) => (j < 0 ? -1 : row[j]!))),
    vector(padded),
    vector([...row.keys()].map((j) => order.indexOf(j))),
  ];
}
