import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group, Member } from '../fuse/group.js';
import type { Mut } from '../ir/builder.js';
import { FuncBuilder, constant, i32 } from '../ir/builder.js';
import type { Func, Target, Ty, Val } from '../ir/ir.js';
import { coefficient } from '../kernel/affine.js';
import { load, walk } from '../kernel/expr.js';
import { elemOf } from './apply.js';
import { splitIndex } from './batch-index.js';
import type { FunctionContext } from './emitter.js';
import { Emitter, rowContext } from './emitter.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops } from './space.js';

/** Columns that a unit of work takes along, so that the row before is still in the cache. */
const COLUMNS = 256;
/** Lines whose chains of additions run side by side: one alone waits for each addition. */
const LINES = 4;
/** Fewer columns are chains of their own. */
const LEAST_COLUMNS = 4;

export interface LoweredCumulative {
  readonly func: Func;
  /** Units of work, to be split between threads. */
  readonly extent: number;
  readonly plan: string;
}

/**
 * Lowers cumulative sums. Where rows of columns lie along the axis, each row is the one before it
 * plus the operand's, vector by vector; else each line is a chain of additions. Both add in order.
 */
export function lowerCumulative(
  group: Group,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): LoweredCumulative {
  return new CumulativeKernel(group, buffers, target, name).lower();
}

class CumulativeKernel {
  private readonly b: FuncBuilder;
  private readonly range: readonly [Val, Val];
  private readonly context: FunctionContext;
  private readonly member: Member;
  private readonly node: GraphNode<'cumsum'>;
  private readonly axis: number;
  /** Extent of the axis. */
  private readonly n: number;
  private readonly loops: readonly Loop[];
  private readonly lanes: number;

  constructor(group: Group, buffers: readonly GraphNode[], target: Target, name: string) {
    this.member = group.members[0]!;
    this.node = this.member.node as GraphNode<'cumsum'>;
    this.axis = this.node.attrs.axis;
    this.n = group.extents[this.axis]!;
    const { expr, index } = this.member;
    const others = group.extents.map((_, i) => i).filter((i) => i !== this.axis);
    this.loops = mergeLoops(others, group.extents, allIndices([expr], [index]));
    this.lanes = walk([expr]).some((e) => e.dtype === 'f64') ? 1 : target.vectorBytes / 4;
    this.b = new FuncBuilder(name);
    const p = this.b.param('p');
    this.range = [this.b.param('lo'), this.b.param('hi')];
    this.context = rowContext(this.b, p, buffers, 0);
  }

  lower(): LoweredCumulative {
    const column = this.loops[this.loops.length - 1];
    const beside = column && column.dim > this.axis && column.extent >= LEAST_COLUMNS;
    const extent = beside ? this.emitColumns(column) : this.emitLines();
    const way = beside ? 'lanes along columns' : 'a chain per line';
    const lines = sizeOf(this.loops.map((l) => l.extent));
    return { func: this.b.finish(), extent, plan: `cumulative ${lines} × ${this.n}, ${way}` };
  }

  private zero(lanes: number): Val {
    const ty: Ty = { elem: elemOf(this.node.dtype), lanes };
    return constant(ty, 0);
  }

  /** The indices of `loops` at number `index` of their points. */
  private decode(index: Val, loops: readonly Loop[]): Map<number, Val> {
    if (loops.length === 0) return new Map();
    const parts = splitIndex(
      this.b,
      index,
      loops.slice(1).map((l) => l.extent),
    );
    return new Map(loops.map((l, i) => [l.dim, parts[i]!]));
  }

  private emitColumns(column: Loop): number {
    const { b, n } = this;
    const { reverse } = this.node.attrs;
    const others = this.loops.slice(0, -1);
    const chunks = Math.ceil(column.extent / COLUMNS);
    b.for(...this.range, 1, (unit) => {
      const from = b.mul(b.bin('rem', unit, i32(chunks)), i32(COLUMNS));
      const to = b.bin('min', b.add(from, i32(COLUMNS)), i32(column.extent));
      const dims = this.decode(b.div(unit, i32(chunks)), others);
      this.emitRow(column, dims, from, to, i32(reverse ? n - 1 : 0));
      b.for(i32(1), i32(n), 1, (row) => {
        const at = reverse ? b.sub(i32(n - 1), row) : row;
        this.emitRow(column, dims, from, to, at, b.add(at, i32(reverse ? 1 : -1)));
      });
    });
    return sizeOf(others.map((l) => l.extent)) * chunks;
  }

  /** Columns from…to of the row at `at`, from the row at `before`. */
  private emitRow(
    column: Loop,
    dims: ReadonlyMap<number, Val>,
    from: Val,
    to: Val,
    at: Val,
    before?: Val,
  ): void {
    const { b, lanes } = this;
    const { expr, index } = this.member;
    const sums = load(this.node, index);
    const emit = (c: Val, width: number): void => {
      const along = { dim: column.dim, mask: column.mask, lanes: width };
      const on = (row: Val): Emitter =>
        new Emitter(this.context, new Map([...dims, [column.dim, c], [this.axis, row]]), along);
      const here = on(at);
      let value = this.zero(width);
      if (before) {
        const last = on(before);
        const added = this.node.attrs.exclusive ? last : here;
        value = b.add(last.vector(sums), added.vector(expr));
      } else if (!this.node.attrs.exclusive) value = b.add(value, here.vector(expr));
      here.store(this.node, index, value);
    };
    const whole = b.add(from, b.bin('and', b.sub(to, from), i32(-lanes)));
    b.for(from, whole, lanes, (c) => emit(c, lanes));
    if (lanes > 1) b.for(whole, to, 1, (c) => emit(c, 1));
  }

  private emitLines(): number {
    const { b } = this;
    const lines = sizeOf(this.loops.map((l) => l.extent));
    if (lines < LINES) {
      b.for(...this.range, 1, (line) => this.emitChains([line]));
      return lines;
    }
    b.for(...this.range, 1, (unit) => {
      const first = b.mul(unit, i32(LINES));
      const all = Array.from({ length: LINES }, (_, i) => b.add(first, i32(i)));
      const rest = lines % LINES;
      if (rest === 0) return this.emitChains(all);
      b.if(
        b.cmp('lt', unit, i32((lines - rest) / LINES)),
        () => this.emitChains(all),
        () => this.emitChains(all.slice(0, rest)),
      );
    });
    return Math.ceil(lines / LINES);
  }

  private emitChains(lines: readonly Val[]): void {
    const { b, n } = this;
    const { reverse } = this.node.attrs;
    // Elements that do not lie side by side are no cheaper together.
    const lanes = coefficient(this.member.index, this.axis) === 1 ? this.lanes : 1;
    const chains = lines.map((line) => ({
      dims: this.decode(line, this.loops),
      sum: b.declare(this.zero(1)),
    }));
    const step = (i: Val, width: number): void =>
      chains.forEach(({ dims, sum }) => this.emitStep(dims, sum, i, width));
    const whole = n - (n % lanes);
    if (!reverse) {
      b.for(i32(0), i32(whole), lanes, (i) => step(i, lanes));
      b.for(i32(whole), i32(n), 1, (i) => step(i, 1));
    } else {
      b.for(i32(0), i32(n - whole), 1, (k) => step(b.sub(i32(n - 1), k), 1));
      b.for(i32(0), i32(whole), lanes, (k) => step(b.sub(i32(whole - lanes), k), lanes));
    }
  }

  /** Adds `width` elements from `i` on to a line's sum, one after the other. */
  private emitStep(dims: ReadonlyMap<number, Val>, sum: Mut, i: Val, width: number): void {
    const { b } = this;
    const { reverse, exclusive } = this.node.attrs;
    const along = { dim: this.axis, mask: 1 << this.axis, lanes: width };
    const e = new Emitter(this.context, new Map([...dims, [this.axis, i]]), along);
    const values = e.vector(this.member.expr);
    const sums = new Array<Val>(width);
    let total = b.read(sum);
    for (let k = 0; k < width; k++) {
      const lane = reverse ? width - 1 - k : k;
      const next = b.add(total, width > 1 ? b.lane(values, lane) : values);
      sums[lane] = exclusive ? total : next;
      total = next;
    }
    b.assign(sum, total);
    e.store(this.node, this.member.index, width > 1 ? b.pack(sums) : sums[0]!);
  }
}
