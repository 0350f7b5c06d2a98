import { FuncBuilder, i32, constant } from '../ir/builder.js';
import { BYTES_OF, type Func, type Val } from '../ir/ir.js';
import type { Steps } from './steps.js';
import { transposeLanes } from './transpose.js';

/** Copies `count` free indices of an operand, over some k, to where lanes or k are contiguous. */
export interface CopySpec {
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  /** Free indices to copy. */
  readonly count: number;
  /** Strides of the source in elements; the dimensions of k, outermost first. */
  readonly from: { readonly free: number; readonly walk: Steps<1> };
  /** Bytes between consecutive k, or between consecutive free indices, of the copy. */
  readonly pitch: number;
  /** What is contiguous in the copy. Lanes are filled up with zeros to whole vectors. */
  readonly contiguous: 'free' | 'k';
}

export function copyName(c: CopySpec): string {
  const { free, walk } = c.from;
  // How far the outermost dimension goes is an argument.
  const k = walk.map((d, i) => (i === 0 ? `k${d.by[0]}` : `k${d.by[0]}x${d.extent}`)).join('');
  const to = `${c.contiguous}${c.pitch}`;
  return `shared_copy_${c.elem}x${c.lanes}_n${c.count}_f${free}${k}_${to}`;
}

/** (source, copy, k), k steps of the outermost dimension: see CopySpec. */
export function buildCopy(c: CopySpec): Func {
  const b = new FuncBuilder(copyName(c));
  const source = b.param('source');
  const copy = b.param('copy');
  const k = b.param('k');
  if (c.contiguous === 'free') copyToLanes(b, c, source, copy, k);
  else copyToRows(b, c, source, copy, k);
  return b.finish();
}

/** The innermost stride of k. */
function innerStep(c: CopySpec): number {
  return c.from.walk[c.from.walk.length - 1]!.by[0];
}

/**
 * Loops over all dimensions of k, the innermost in strides of `step` and then one by one. `body`
 * gets the place in the source, the number of the k in the copy, and how many it is to copy.
 */
function loop(
  b: FuncBuilder,
  c: CopySpec,
  at: { readonly source: Val; readonly k: Val },
  step: number,
  body: (source: Val, k: Val, steps: number) => void,
): void {
  const { walk } = c.from;
  const bytes = BYTES_OF[c.elem];
  const nest = (d: number, source: Val, before: Val): void => {
    const { extent, by } = walk[d]!;
    const to = d === 0 ? at.k : i32(extent);
    const place = (i: Val): Val => b.add(source, b.mul(i, i32(by[0] * bytes)));
    const number = (i: Val): Val => b.add(d === 0 ? before : b.mul(before, i32(extent)), i);
    if (d < walk.length - 1) {
      b.for(i32(0), to, 1, (i) => nest(d + 1, place(i), number(i)));
      return;
    }
    const main = d === 0 ? b.bin('and', to, i32(-step)) : i32(extent - (extent % step));
    b.for(i32(0), main, step, (i) => body(place(i), number(i), step));
    if (step > 1) b.for(main, to, 1, (i) => body(place(i), number(i), 1));
  };
  nest(0, at.source, i32(0));
}

/** Panels [k][lanes]. */
function copyToLanes(b: FuncBuilder, c: CopySpec, source: Val, copy: Val, k: Val): void {
  const { elem, lanes, count, from, pitch } = c;
  const bytes = BYTES_OF[elem];
  const zero = constant({ elem, lanes: 1 }, 0);
  const zeros = constant({ elem, lanes }, 0);
  const starts = vectorStarts(count, lanes);
  const turn = innerStep(c) === 1 && from.free !== 1;
  loop(b, c, { source, k }, turn ? lanes : 1, (src, at, steps) => {
    const dst = b.add(copy, b.mul(at, i32(pitch)));
    const free = (i: number): number => i * from.free * bytes;
    for (const start of starts) {
      const within = Array.from({ length: lanes }, (_, i) => start + i < count);
      if (steps > 1) {
        const rows = within.map((inside, i) => {
          return inside ? b.load(elem, lanes, src, free(start + i)) : zeros;
        });
        transposeLanes(b, rows).forEach((column, u) => {
          b.store(elem, dst, column, u * pitch + start * bytes);
        });
      } else if (from.free === 1 && within[lanes - 1]) {
        b.store(elem, dst, b.load(elem, lanes, src, start * bytes), start * bytes);
      } else {
        const parts = within.map((inside, i) => {
          return inside ? b.load(elem, 1, src, free(start + i)) : zero;
        });
        b.store(elem, dst, b.pack(parts), start * bytes);
      }
    }
  });
}

/** Rows [free][k]. */
function copyToRows(b: FuncBuilder, c: CopySpec, source: Val, copy: Val, k: Val): void {
  const { elem, lanes, count, from, pitch } = c;
  const bytes = BYTES_OF[elem];
  const indices = Array.from({ length: count }, (_, i) => i);
  const inner = innerStep(c);
  const vector = inner === 1 || (from.free === 1 && count === lanes);
  loop(b, c, { source, k }, vector ? lanes : 1, (src, at, steps) => {
    const dst = b.add(copy, b.mul(at, i32(bytes)));
    if (steps > 1 && inner !== 1) {
      const columns = Array.from({ length: lanes }, (_, u) => {
        return b.load(elem, lanes, src, u * inner * bytes);
      });
      transposeLanes(b, columns).forEach((row, i) => b.store(elem, dst, row, i * pitch));
    } else {
      for (const i of indices) {
        const value = b.load(elem, steps, src, i * from.free * bytes);
        b.store(elem, dst, value, i * pitch);
      }
    }
  });
}

/** The first of each vector's worth of indices. */
export function vectorStarts(count: number, lanes: number): number[] {
  return Array.from({ length: Math.ceil(count / lanes) }, (_, i) => i * lanes);
}
