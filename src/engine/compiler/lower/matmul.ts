import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import type { ContractionNode } from '../fuse/operands.js';
import { reachOperands } from '../fuse/operands.js';
import type { Group } from '../fuse/group.js';
import { i32 } from '../ir/builder.js';
import type { Target, Val } from '../ir/ir.js';
import type { FuncBuilder } from '../ir/builder.js';
import { walk } from '../kernel/expr.js';
import type { LoweredContraction, OutputIndex } from './contraction.js';
import { lowerContraction } from './contraction.js';
import type { ContractionSpace } from './contraction-space.js';
import { contractionOf, contractionSpace } from './contraction-space.js';
import type { Lanes } from './emitter.js';
import { Emitter, rowContext } from './emitter.js';

export interface LoweredMatmul extends LoweredContraction {
  /** Values whose addresses follow words A, B and workspace of the parameter row. */
  readonly buffers: readonly GraphNode[];
  /** What A[0] and B[0] are, and how far into their memory, in elements. */
  readonly operands: readonly [ContractionOperand, ContractionOperand];
  readonly flops: number;
}

export interface ContractionOperand {
  readonly base: GraphNode;
  readonly offset: number;
}

/** Words of the parameter row before the epilogue's buffers. */
export const CONTRACTION_WORDS = 3;

/** Lowers a contraction with what follows it elementwise. `fixed` is the same in many runs. */
export function lowerMatmul(
  group: Group,
  stored: ReadonlySet<GraphNode>,
  buffers: readonly GraphNode[],
  target: Target,
  prefix: string,
  fixed: ReadonlySet<GraphNode> = new Set(),
): LoweredMatmul {
  const node = group.members[0]!.node as ContractionNode;
  const reached = reachOperands(node);
  const space = contractionSpace(group, node, reached, target);
  const lasts = (side: 0 | 1): boolean => fixed.has(reached.operands[side].base);
  const contraction = {
    ...contractionOf(node, reached, space),
    lasting: { a: lasts(space.a), b: lasts(space.b) },
  };
  const lowered = lowerContraction(contraction, target, prefix, (fb, p, index, sums) => {
    emitEpilogue(fb, p, index, sums, { group, stored, buffers, space });
  });
  const operandOf = (side: 0 | 1): ContractionOperand => {
    const { base, index } = reached.operands[side];
    return { base, offset: index.offset };
  };
  return {
    ...lowered,
    buffers,
    operands: [operandOf(space.a), operandOf(space.b)],
    flops: 2 * sizeOf(node.shape) * contraction.k,
  };
}

interface EpilogueSpec {
  readonly group: Group;
  readonly stored: ReadonlySet<GraphNode>;
  readonly buffers: readonly GraphNode[];
  readonly space: ContractionSpace;
}

function emitEpilogue(
  b: FuncBuilder,
  p: Val,
  index: OutputIndex,
  sums: Val,
  spec: EpilogueSpec,
): void {
  const { n } = spec.space;
  if (index.lanes > (n?.extent ?? 1)) return; // code for whole vectors that never runs
  const exprs = walk(spec.group.members.map((m) => m.expr));
  const wide = sums.ty.elem === 'f64' || exprs.some((e) => e.dtype === 'f64');
  if (index.lanes === 1 || !wide || exprs.every((e) => e.kind === 'result')) {
    emitPlace(b, p, index, sums, spec);
    return;
  }
  // Elementwise f64 code is scalar everywhere.
  for (let l = 0; l < index.lanes; l++) {
    const one = { ...index, n: b.add(index.n, i32(l)), lanes: 1 };
    emitPlace(b, p, one, b.lane(sums, l), spec);
  }
}

function emitPlace(
  b: FuncBuilder,
  p: Val,
  index: OutputIndex,
  sums: Val,
  { group, stored, buffers, space }: EpilogueSpec,
): void {
  const { batch, m, n } = space;
  const dims = new Map<number, Val>();
  batch.forEach((l, i) => dims.set(l.dim, index.batch[i]!));
  let left = index.m;
  for (let i = m.length - 1; i >= 0; i--) {
    const { dim, extent } = m[i]!;
    dims.set(dim, i === 0 ? left : b.bin('rem', left, i32(extent)));
    if (i > 0) left = b.bin('div', left, i32(extent));
  }
  if (n) dims.set(n.dim, index.n);
  const along: Lanes = { dim: n?.dim ?? -1, mask: n?.mask ?? 0, lanes: index.lanes };
  const emitter = new Emitter(rowContext(b, p, buffers, CONTRACTION_WORDS), dims, along);
  emitter.setResult(group.members[0]!.node, sums);
  for (const member of group.members) {
    if (stored.has(member.node))
      emitter.store(member.node, member.index, emitter.emit(member.expr));
  }
}
