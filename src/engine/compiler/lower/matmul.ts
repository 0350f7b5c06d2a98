import { sizeOf } from '../../core/shape.js';
import type { GraphNode } from '../../graph/node.js';
import { reachOperands } from '../fuse/operands.js';
import type { Group } from '../fuse/group.js';
import { i32 } from '../ir/builder.js';
import type { Target, Val } from '../ir/ir.js';
import type { FuncBuilder } from '../ir/builder.js';
import { coefficient } from '../kernel/affine.js';
import { walk } from '../kernel/expr.js';
import type { Affine } from '../kernel/types.js';
import type { Contraction, LoweredContraction, OutputIndex } from './contraction.js';
import { lowerContraction } from './contraction.js';
import type { Lanes } from './emitter.js';
import { Emitter, rowContext } from './emitter.js';
import { elemOf } from './apply.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops } from './space.js';

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

/** Lowers a contraction with what follows it elementwise. */
export function lowerMatmul(
  group: Group,
  stored: ReadonlySet<GraphNode>,
  buffers: readonly GraphNode[],
  target: Target,
  prefix: string,
): LoweredMatmul {
  const dot = group.members[0]!.node as GraphNode<'dot'>;
  const [a, b] = reachOperands(dot);
  const space = contractionSpace(group, dot, a.index, b.index);
  const { batch, m, n, k } = space;
  const stride = (at: Affine, loop: Loop | undefined): number =>
    loop ? coefficient(at, loop.dim) : 0;
  const contraction: Contraction = {
    elem: elemOf(dot.dtype) as 'f32' | 'f64' | 'i32',
    batch: batch.map((l) => ({
      extent: l.extent,
      aStride: stride(a.index, l),
      bStride: stride(b.index, l),
    })),
    m: m.reduce((s, l) => s * l.extent, 1),
    n: n?.extent ?? 1,
    k: k?.extent ?? sizeOf(dot.attrs.contract[0].map((axis) => dot.inputs[0]!.shape[axis]!)),
    outerK: [],
    a: { m: stride(a.index, m[m.length - 1]), k: stride(a.index, k) },
    b: { k: stride(b.index, k), n: stride(b.index, n) },
    words: { a: 0, b: 1, workspace: 2 },
  };
  const lowered = lowerContraction(contraction, target, prefix, (fb, p, index, sums) => {
    emitEpilogue(fb, p, index, sums, { group, stored, buffers, space });
  });
  return {
    ...lowered,
    buffers,
    operands: [
      { base: a.base, offset: a.index.offset },
      { base: b.base, offset: b.index.offset },
    ],
    flops: 2 * sizeOf(dot.shape) * contraction.k,
  };
}

/** The loops of a contraction: any batch loops, rows that A merges, one n and one k. */
interface ContractionSpace {
  readonly batch: readonly Loop[];
  /** Loops that run as one over A's rows; more than one where only the epilogue tells them apart. */
  readonly m: readonly Loop[];
  readonly n: Loop | undefined;
  readonly k: Loop | undefined;
}

function contractionSpace(
  group: Group,
  dot: GraphNode<'dot'>,
  a: Affine,
  b: Affine,
): ContractionSpace {
  const rank = dot.shape.length;
  const batches = dot.attrs.batch[0].length;
  const rows = dot.inputs[0]!.shape.length - batches - dot.attrs.contract[0].length;
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i);
  const extents = [
    ...dot.shape,
    ...dot.attrs.contract[0].map((axis) => dot.inputs[0]!.shape[axis]!),
  ];
  const epilogue = allIndices(
    group.members.map((m) => m.expr),
    group.members.map((m) => m.index),
  );
  const all = [a, b, ...epilogue];
  const batch = mergeLoops(range(0, batches), extents, all);
  const mDims = range(batches, batches + rows);
  const merged = mergeLoops(mDims, extents, [a]);
  const last = merged[merged.length - 1];
  const [inLast, above]: [number[], number[]] = [[], []];
  for (const d of mDims) (last && (last.mask >> d) & 1 ? inLast : above).push(d);
  const n = mergeLoops(range(batches + rows, rank), extents, all);
  const k = mergeLoops(range(rank, extents.length), extents, [a, b]);
  return {
    batch: [...batch, ...mergeLoops(above, extents, all), ...n.slice(0, -1)],
    m: mergeLoops(inLast, extents, all),
    n: n[n.length - 1],
    k: k[0],
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
