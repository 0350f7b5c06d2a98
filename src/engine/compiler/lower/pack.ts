import { FuncBuilder, i32, constant } from '../ir/builder.js';
import { BYTES_OF, type Func, type Val } from '../ir/ir.js';
import { transposeLanes } from './transpose.js';

/** Copies `count` free indices of an operand, over some k, to where lanes or k are contiguous. */
export interface CopySpec {
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  /** Free indices to copy. */
  readonly count: number;
  /** Strides of the source in elements. */
  readonly from: { readonly free: number; readonly k: number };
  /** Bytes between consecutive k, or between consecutive free indices, of the copy. */
  readonly pitch: number;
  /** What is contiguous in the copy. Lanes are filled up with zeros to whole vectors. */
  readonly contiguous: 'free' | 'k';
}

export function copyName(c: CopySpec): string {
  const { free, k } = c.from;
  const to = `${c.contiguous}${c.pitch}`;
  return `shared_copy_${c.elem}x${c.lanes}_n${c.count}_f${free}k${k}_${to}`;
}

/** (source, copy, k): see CopySpec. */
export function buildCopy(c: CopySpec): Func {
  const b = new FuncBuilder(copyName(c));
  const source = b.param('source');
  const copy = b.param('copy');
  const k = b.param('k');
  if (c.contiguous === 'free') copyToLanes(b, c, source, copy, k);
  else copyToRows(b, c, source, copy, k);
  return b.finish();
}

function loop(b: FuncBuilder, k: Val, step: number, body: (k: Val, steps: number) => void): void {
  const main = b.bin('and', k, i32(-step));
  b.for(i32(0), main, step, (at) => body(at, step));
  if (step > 1) b.for(main, k, 1, (at) => body(at, 1));
}

/** Panels [k][lanes]. */
function copyToLanes(b: FuncBuilder, c: CopySpec, source: Val, copy: Val, k: Val): void {
  const { elem, lanes, count, from, pitch } = c;
  const bytes = BYTES_OF[elem];
  const zero = constant({ elem, lanes: 1 }, 0);
  const zeros = constant({ elem, lanes }, 0);
  const starts = vectorStarts(count, lanes);
  const turn = from.k === 1 && from.free !== 1;
  loop(b, k, turn ? lanes : 1, (at, steps) => {
    const src = b.add(source, b.mul(at, i32(from.k * bytes)));
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
  const vector = from.k === 1 || (from.free === 1 && count === lanes);
  loop(b, k, vector ? lanes : 1, (at, steps) => {
    const src = b.add(source, b.mul(at, i32(from.k * bytes)));
    const dst = b.add(copy, b.mul(at, i32(bytes)));
    if (steps > 1 && from.k !== 1) {
      const columns = Array.from({ length: lanes }, (_, u) => {
        return b.load(elem, lanes, src, u * from.k * bytes);
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
