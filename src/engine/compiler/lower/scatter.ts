import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group } from '../fuse/group.js';
import { identityIndex } from '../fuse/kernelize.js';
import { FuncBuilder, constant, i32 } from '../ir/builder.js';
import type { Func, Target, Ty, Val } from '../ir/ir.js';
import { BYTES_OF } from '../ir/ir.js';
import { fromData, linearize } from '../kernel/affine.js';
import { walk } from '../kernel/expr.js';
import type { Affine, KernelExpr } from '../kernel/types.js';
import { elemOf, memOf } from './apply.js';
import type { FunctionContext } from './emitter.js';
import { Emitter, NO_LANES, rowContext } from './emitter.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops } from './space.js';

/** Independent slices from which on units are slices, not columns. */
const MANY_SLICES = 16;
/** Columns of a unit: at least a line of the cache, so that threads do not share one. */
const COLUMNS = 16;

export interface LoweredScatter {
  readonly func: Func;
  /** Units of work, to be split between threads. */
  readonly extent: number;
  readonly plan: string;
}

/**
 * Lowers a scatter to zeros followed by read-add-write in the order of the updates, so that each
 * sum has one order. The axes before the scattered one are independent slices, those after it
 * columns: units of work are slices or, where there are few, blocks of columns.
 */
export function lowerScatter(
  group: Group,
  row: KernelExpr,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): LoweredScatter {
  return new ScatterKernel(group, row, buffers, target, name).lower();
}

class ScatterKernel {
  private readonly b: FuncBuilder;
  private readonly context: FunctionContext;
  private readonly range: readonly [Val, Val];
  private readonly node: GraphNode<'scatterAdd'>;
  private readonly expr: KernelExpr;
  /** Where an update goes. */
  private readonly place: Affine;
  private readonly slices: readonly Loop[];
  private readonly columns: readonly Loop[];
  private readonly lanes: number;

  constructor(
    private readonly group: Group,
    private readonly row: KernelExpr,
    buffers: readonly GraphNode[],
    private readonly target: Target,
    name: string,
  ) {
    const member = group.members[0]!;
    this.node = member.node as GraphNode<'scatterAdd'>;
    this.expr = member.expr;
    const { axis, size } = this.node.attrs;
    const dims = group.extents.map((_, d) => d);
    const index = identityIndex(group.extents, dims);
    index[axis] = fromData(row, 'row', size);
    this.place = linearize(index, this.node.shape);
    const indices = allIndices([row, this.expr], [this.place]);
    const merge = (some: number[]): Loop[] => mergeLoops(some, group.extents, indices);
    this.slices = merge(dims.slice(0, axis));
    this.columns = merge(dims.slice(axis + 1));
    const wide = walk([row, this.expr]).some((e) => e.dtype === 'f64');
    // Lanes run along columns where all of them go to one row.
    const apart = this.rowVaries(this.columns.slice(-1));
    this.lanes = wide || apart ? 1 : target.vectorBytes / 4;
    this.b = new FuncBuilder(name);
    const p = this.b.param('p');
    this.range = [this.b.param('lo'), this.b.param('hi')];
    this.context = rowContext(this.b, p, buffers, 0);
  }

  /** Whether updates may go to different rows along some of `loops`. */
  private rowVaries(loops: readonly Loop[]): boolean {
    return loops.some((l) => (this.row.dims & l.mask) !== 0);
  }

  lower(): LoweredScatter {
    const { b, columns, slices } = this;
    const [lo, hi] = this.range;
    const [first] = columns;
    const count = sizeOf(slices.map((l) => l.extent));
    const byColumns = columns.length === 1 && count < MANY_SLICES && first!.extent >= 2 * COLUMNS;
    const plan = `scatter ${this.group.extents.join('×')} into ${this.node.shape.join('×')}`;
    if (!byColumns) {
      b.for(lo, hi, 1, (slice) => this.emitSlice(slice));
      return { func: b.finish(), extent: count, plan: `${plan} by slices` };
    }
    const from = b.mul(lo, i32(COLUMNS));
    const to = b.bin('min', b.mul(hi, i32(COLUMNS)), i32(first!.extent));
    b.if(b.cmp('lt', lo, hi), () => {
      b.for(i32(0), i32(count), 1, (slice) => this.emitSlice(slice, [from, to]));
    });
    const extent = Math.ceil(first!.extent / COLUMNS);
    return { func: b.finish(), extent, plan: `${plan} by columns` };
  }

  /** All updates of one slice, or those of some of its columns. */
  private emitSlice(slice: Val, range?: readonly [Val, Val]): void {
    const { b, node } = this;
    const { axis, size } = node.attrs;
    const width = sizeOf(node.shape.slice(axis + 1));
    const start = b.mul(slice, i32(size * width));
    if (!range) this.emitZeros(start, b.add(start, i32(size * width)));
    else {
      b.for(i32(0), i32(size), 1, (r) => {
        const at = b.add(start, b.mul(r, i32(width)));
        this.emitZeros(b.add(at, range[0]), b.add(at, range[1]));
      });
    }
    const dims = this.decode(slice);
    b.for(i32(0), i32(this.group.extents[axis]!), 1, (i) => {
      const update = new Emitter(this.context, new Map([...dims, [axis, i]]), NO_LANES);
      const varying = this.columns.reduce((mask, l) => mask | l.mask, 0);
      update.hoist(this.expr, varying);
      this.emitColumns(update, this.columns, range);
    });
  }

  private decode(slice: Val): Map<number, Val> {
    const { b } = this;
    const dims = new Map<number, Val>();
    let left = slice;
    for (let i = this.slices.length - 1; i >= 0; i--) {
      const { dim, extent } = this.slices[i]!;
      dims.set(dim, i === 0 ? left : b.bin('rem', left, i32(extent)));
      if (i > 0) left = b.bin('div', left, i32(extent));
    }
    return dims;
  }

  /** Adds one update, or its columns, where its row exists: tested once all that decides is known. */
  private emitColumns(
    at: Emitter,
    loops: readonly Loop[],
    range?: readonly [Val, Val],
    valid = false,
  ): void {
    const { b, lanes } = this;
    if (!valid && !this.rowVaries(loops)) {
      const row = at.emit(this.row);
      const exists = b.cmp('ltU', row, i32(this.node.attrs.size));
      b.if(exists, () => this.emitColumns(at, loops, range, true));
      return;
    }
    const [loop, ...rest] = loops;
    const add = (e: Emitter): void => e.accumulate(this.node, this.place, this.expr);
    if (!loop) {
      add(at);
      return;
    }
    const [from, to] = range ?? [i32(0), i32(loop.extent)];
    if (rest.length > 0 || lanes === 1) {
      b.for(from, to, 1, (i) => {
        this.emitColumns(at.inner(new Map([[loop.dim, i]])), rest, undefined, valid);
      });
      return;
    }
    const room = b.sub(to, from);
    const whole = b.add(from, b.mul(b.bin('div', room, i32(lanes)), i32(lanes)));
    for (const [first, last, width] of [
      [from, whole, lanes],
      [whole, to, 1],
    ] as const) {
      const along = { dim: loop.dim, mask: loop.mask, lanes: width };
      b.for(first, last, width, (i) => add(at.inner(new Map([[loop.dim, i]]), along)));
    }
  }

  /** Zeros for the elements from…to of the result. */
  private emitZeros(from: Val, to: Val): void {
    const { b, node } = this;
    const mem = memOf(node.dtype);
    const bytes = BYTES_OF[mem];
    const vector: Ty = { elem: 'i32', lanes: this.target.vectorBytes / 4 };
    const single: Ty = { elem: elemOf(node.dtype), lanes: 1 };
    const step = this.target.vectorBytes / bytes;
    const whole = b.add(from, b.mul(b.bin('div', b.sub(to, from), i32(step)), i32(step)));
    const at = (i: Val): Val => b.add(this.context.address(node), b.mul(i, i32(bytes)));
    b.for(from, whole, step, (i) => b.store('i32', at(i), constant(vector, 0)));
    b.for(whole, to, 1, (i) => b.store(mem, at(i), constant(single, 0)));
  }
}
