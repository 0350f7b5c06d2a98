import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group, Member } from '../fuse/group.js';
import { FuncBuilder, i32 } from '../ir/builder.js';
import type { Func, Target, Val } from '../ir/ir.js';
import type { KernelExpr } from '../kernel/types.js';
import { splitIndex } from './batch-index.js';
import type { FunctionContext, Lanes } from './emitter.js';
import { Emitter, rowContext } from './emitter.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops } from './space.js';
import type { Line } from './sort-line.js';
import { RadixSort, radixBytes, radixPlan } from './sort-radix.js';
import { RankSort, rankBytes } from './sort-rank.js';
import { keyWords } from './sort-key.js';

/** Lines of at most this many elements compare every two of them; longer ones count digits. */
const RANK_BELOW = 73;
const RANK_BELOW_F64 = 81;
/** Units of work, each with room in the workspace: enough to split between threads. */
const UNITS = 64;
const ALIGNMENT = 64;

export interface LoweredSort {
  readonly func: Func;
  /** Units of work, to be split between threads. */
  readonly extent: number;
  readonly workspaceBytes: number;
  readonly plan: string;
}

/**
 * Lowers the sorting of lines. The elements' keys are unsigned integers in the wanted order; the
 * positions are sorted by them in the workspace, a part of which each range of units has.
 */
export function lowerSort(
  group: Group,
  buffers: readonly GraphNode[],
  target: Target,
  name: string,
): LoweredSort {
  const member = group.members[0]!;
  const node = member.node as GraphNode<'argsort'>;
  const { axis, count, descending } = node.attrs;
  const n = group.extents[axis]!;
  const { dtype } = node.inputs[0]!;
  const b = new FuncBuilder(name);
  const p = b.param('p');
  const [lo, hi] = [b.param('lo'), b.param('hi')];
  const workspace = b.load('i32', 1, p, 0);
  const context = rowContext(b, p, buffers, 1);
  const others = group.extents.map((_, i) => i).filter((i) => i !== axis);
  const loops = mergeLoops(others, group.extents, allIndices([member.expr], [member.index]));
  const lines = sizeOf(loops.map((l) => l.extent));
  const byRank = n < (dtype === 'f64' ? RANK_BELOW_F64 : RANK_BELOW);
  const bytes = byRank ? rankBytes(n) : radixBytes(n, dtype);
  const slotBytes = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const perUnit = Math.ceil(lines / UNITS);
  const units = Math.ceil(lines / perUnit);
  // Ranges of different threads begin differently, so each has a slot of its own.
  const slot = b.add(workspace, b.mul(lo, i32(slotBytes)));
  const end = b.bin('min', b.mul(hi, i32(perUnit)), i32(lines));
  b.for(b.mul(lo, i32(perUnit)), end, 1, (index) => {
    const at = new LinePlace(context, member, axis, decode(b, index, loops));
    const line: Line = {
      b,
      n,
      count,
      words: dtype === 'f64' ? 2 : 1,
      key: (i) => keyWords(b, at.value(i), dtype, descending),
      put: (rank, position) => at.store(rank, position),
    };
    if (byRank) new RankSort(line, slot, target).emit();
    else new RadixSort(line, slot, dtype).emit();
  });
  const way = byRank ? 'by comparing' : radixPlan(n, dtype);
  const what = count < n ? `first ${count} of ${n}` : String(n);
  return {
    func: b.finish(),
    extent: units,
    workspaceBytes: units * slotBytes,
    plan: `sort ${lines} × ${what}, ${way}`,
  };
}

function decode(b: FuncBuilder, index: Val, loops: readonly Loop[]): Map<number, Val> {
  if (loops.length === 0) return new Map();
  const inner = loops.slice(1).map((l) => l.extent);
  const parts = splitIndex(b, index, inner);
  return new Map(loops.map((l, i) => [l.dim, parts[i]!]));
}

/** One line of the operand and of the result. */
class LinePlace {
  constructor(
    private readonly context: FunctionContext,
    private readonly member: Member,
    private readonly axis: number,
    private readonly dims: ReadonlyMap<number, Val>,
  ) {}

  private at(i: Val): Emitter {
    const single: Lanes = { dim: -1, mask: 0, lanes: 1 };
    return new Emitter(this.context, new Map([...this.dims, [this.axis, i]]), single);
  }

  value(i: Val): Val {
    const expr: KernelExpr = this.member.expr;
    return this.at(i).emit(expr);
  }

  store(rank: Val, position: Val): void {
    this.at(rank).store(this.member.node, this.member.index, position);
  }
}
