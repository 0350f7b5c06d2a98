import { type FuncBuilder, i32 } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import type { Affine } from '../kernel/types.js';
import { coefficient, nested } from '../kernel/affine.js';
import { indicesOf, walk } from '../kernel/expr.js';
import type { KernelExpr } from '../kernel/types.js';

/** One loop: a dimension of the space, after neighbours that may run as one were merged. */
export interface Loop {
  /** The dimension that carries the index; the others merged into it are held at 0. */
  readonly dim: number;
  readonly extent: number;
  /** All dimensions of the loop, as a mask. */
  readonly mask: number;
}

/** Every index that appears in `exprs` or `places`. */
export function allIndices(
  exprs: readonly KernelExpr[],
  places: readonly Affine[],
): readonly Affine[] {
  const found: Affine[] = [];
  for (const p of places) found.push(...nested(p));
  for (const e of walk(exprs)) found.push(...indicesOf(e));
  return found;
}

/**
 * Loops over `dims`, outermost first. Neighbours become one loop where every index advances over
 * them as over one dimension.
 */
export function mergeLoops(
  dims: readonly number[],
  extents: readonly number[],
  indices: readonly Affine[],
): Loop[] {
  const loops: Loop[] = [];
  for (const dim of dims) {
    const extent = extents[dim]!;
    if (extent === 1) continue;
    const last = loops[loops.length - 1];
    const merges =
      last !== undefined &&
      indices.every((i) => coefficient(i, last.dim) === coefficient(i, dim) * extent);
    if (merges) loops.pop();
    loops.push({
      dim,
      extent: merges ? last.extent * extent : extent,
      mask: (1 << dim) | (merges ? last.mask : 0),
    });
  }
  return loops;
}

/** Emits loops within each other, outermost first; `body` gets the index of each by dimension. */
/** Every index of `loops`, the last running fastest. */
export function everyIndex(loops: readonly Loop[]): ReadonlyMap<number, Val>[] {
  return loops.reduce<ReadonlyMap<number, Val>[]>(
    (all, { dim, extent }) => {
      return all.flatMap((dims) => {
        return Array.from({ length: extent }, (_, i) => new Map([...dims, [dim, i32(i)]]));
      });
    },
    [new Map()],
  );
}

export function nestLoops(
  b: FuncBuilder,
  loops: readonly Loop[],
  dims: ReadonlyMap<number, Val>,
  body: (dims: ReadonlyMap<number, Val>) => void,
): void {
  const [loop, ...rest] = loops;
  if (!loop) {
    body(dims);
    return;
  }
  b.for(i32(0), i32(loop.extent), 1, (i) => {
    nestLoops(b, rest, new Map([...dims, [loop.dim, i]]), body);
  });
}
