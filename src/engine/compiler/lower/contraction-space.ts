import type { Group } from '../fuse/group.js';
import type { ContractionNode, Operands, PaddedDimension } from '../fuse/operands.js';
import { isOp } from '../../graph/node.js';
import type { GraphNode } from '../../graph/node.js';
import type { Target } from '../ir/ir.js';
import { coefficient, dimension } from '../kernel/affine.js';
import type { Affine } from '../kernel/types.js';
import { elemOf } from './apply.js';
import { costOfContraction } from './contraction.js';
import type { Contraction, PaddedAxis } from './contraction.js';
import type { Loop } from './space.js';
import { allIndices, mergeLoops } from './space.js';

/** The loops of a contraction: any batch loops, rows that A merges, one n and any of k. */
export interface ContractionSpace {
  /** Which of the node's operands are A and B. */
  readonly a: 0 | 1;
  readonly b: 0 | 1;
  readonly batch: readonly Loop[];
  /** Loops that run as one over A's rows; more than one where only the epilogue tells them apart. */
  readonly m: readonly Loop[];
  readonly n: Loop | undefined;
  /** Outermost first. */
  readonly k: readonly Loop[];
}

/** How the loops of a contraction are arranged: a product of matrices for each index of a batch. */
export function contractionSpace(
  group: Group,
  node: ContractionNode,
  reached: Operands,
  target: Target,
): ContractionSpace {
  const extents = [...node.shape, ...reached.contracted];
  const [a, b] = reached.operands;
  const epilogue = allIndices(
    group.members.map((m) => m.expr),
    group.members.map((m) => m.index),
  );
  const all = [a.index, b.index, ...epilogue];
  const { padded } = reached;
  // An index along the padded dimension alone keeps its loop from merging with others.
  if (padded) all.push(dimension(padded.dim, extents[padded.dim]!));
  const summed = range(node.shape.length, extents.length);
  const k = padded
    ? summed.map((dim) => ({ dim, extent: extents[dim]!, mask: 1 << dim }))
    : mergeLoops(summed, extents, [a.index, b.index]);
  const arrange: Arrangement = { extents, all, k };
  if (isOp(node, 'dot')) return dotSpace(node, arrange, a.index);
  const candidates = convSpaces(node, arrange, reached, target.tile.rows);
  const costs = candidates.map((space) => costOfSpace(group, space, { node, reached, target }));
  return candidates[costs.indexOf(Math.min(...costs))]!;
}

interface Arrangement {
  readonly extents: readonly number[];
  readonly all: readonly Affine[];
  readonly k: readonly Loop[];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function dotSpace(
  dot: GraphNode<'dot'>,
  { extents, all, k }: Arrangement,
  a: Affine,
): ContractionSpace {
  const rank = dot.shape.length;
  const batches = dot.attrs.batch[0].length;
  const rows = dot.inputs[0]!.shape.length - batches - dot.attrs.contract[0].length;
  const batch = mergeLoops(range(0, batches), extents, all);
  const mDims = range(batches, batches + rows);
  const merged = mergeLoops(mDims, extents, [a]);
  const last = merged[merged.length - 1];
  const [inLast, above]: [number[], number[]] = [[], []];
  for (const d of mDims) (last && (last.mask >> d) & 1 ? inLast : above).push(d);
  const n = mergeLoops(range(batches + rows, rank), extents, all);
  return {
    a: 0,
    b: 1,
    batch: [...batch, ...mergeLoops(above, extents, all), ...n.slice(0, -1)],
    m: mergeLoops(inLast, extents, all),
    n: n[n.length - 1],
    k,
  };
}

/**
 * All ways to see a convolution as products of matrices: one dimension that only the one operand
 * has is m, or the last few of them if one tile has room for all, one that only the other has is n,
 * and the rest, a padded one always, are batch.
 */
function convSpaces(
  conv: GraphNode<'conv'>,
  { extents, all, k }: Arrangement,
  { operands, padded }: Operands,
  mostRows: number,
): ContractionSpace[] {
  const dims = range(0, conv.shape.length);
  const has = (operand: Affine, d: number): boolean => coefficient(operand, d) !== 0;
  const [x, w] = operands.map((o) => o.index) as [Affine, Affine];
  const free = [
    mergeLoops(
      dims.filter((d) => has(x, d) && !has(w, d)),
      extents,
      all,
    ),
    mergeLoops(
      dims.filter((d) => has(w, d) && !has(x, d)),
      extents,
      all,
    ),
  ] as const;
  const common = mergeLoops(
    dims.filter((d) => has(x, d) === has(w, d)),
    extents,
    all,
  );
  const open = free.map((loops) => loops.filter((l) => l.dim !== padded?.dim));
  const single = (side: 0 | 1): readonly Loop[][] => {
    return open[side]!.length > 0 ? open[side]!.map((l) => [l]) : [[]];
  };
  const several = (side: 0 | 1): Loop[][] => {
    const ends = open[side]!.map((_, i) => open[side]!.slice(i)).filter((end) => end.length > 1);
    return ends.filter((end) => end.reduce((n, l) => n * l.extent, 1) <= mostRows);
  };
  const spaces: ContractionSpace[] = [];
  for (const [a, b] of [
    [1, 0],
    [0, 1],
  ] as const) {
    for (const m of [...single(a), ...several(a)]) {
      for (const [n] of single(b)) {
        const rest = [...free[0], ...free[1]].filter((l) => !m.includes(l) && l !== n);
        // In the order of the result, so that neighbouring units write neighbouring memory.
        const batch = [...common, ...rest].sort((p, q) => p.dim - q.dim);
        spaces.push({ a, b, batch, m, n, k });
      }
    }
  }
  return spaces;
}

interface Context {
  readonly node: ContractionNode;
  readonly reached: Operands;
  readonly target: Target;
}

/** Storing a lane by itself, in times of a vector multiply-add. */
const SINGLE_STORE = 1.5;

function costOfSpace(group: Group, space: ContractionSpace, of: Context): number {
  const c = contractionOf(of.node, of.reached, space);
  const outputs = of.node.shape.reduce((size, d) => size * d, 1);
  const scattered = group.members.some((member) => {
    return space.n !== undefined && coefficient(member.index, space.n.dim) !== 1;
  });
  return costOfContraction(c, of.target) + (scattered ? SINGLE_STORE * outputs : 0);
}

/** The contraction that a space describes. */
export function contractionOf(
  node: ContractionNode,
  { operands, padded }: Operands,
  space: ContractionSpace,
): Contraction {
  const { batch, m, n, k } = space;
  const [a, b] = [operands[space.a].index, operands[space.b].index];
  const stride = (at: Affine, loop: Loop | undefined): number =>
    loop ? coefficient(at, loop.dim) : 0;
  const inner = k[k.length - 1];
  return {
    elem: elemOf(node.dtype) as 'f32' | 'f64' | 'i32',
    batch: batch.map((l) => ({
      extent: l.extent,
      aStride: stride(a, l),
      bStride: stride(b, l),
    })),
    m: m.reduce((s, l) => s * l.extent, 1),
    n: n?.extent ?? 1,
    k: k.reduce((size, l) => size * l.extent, 1),
    outerK: k.slice(0, -1).map((l) => ({ extent: l.extent, a: stride(a, l), b: stride(b, l) })),
    a: { m: stride(a, m[m.length - 1]), k: stride(a, inner), ...rowsOf(a, m) },
    b: { k: stride(b, inner), n: stride(b, n) },
    words: { a: 0, b: 1, workspace: 2 },
    ...(padded ? { padded: paddedAxis(space, padded) } : {}),
  };
}

/** The offset of each row, where several loops that A does not cross as one are rows. */
function rowsOf(a: Affine, m: readonly Loop[]): { rows?: readonly number[] } {
  const strides = m.map((l) => coefficient(a, l.dim));
  const isOne = m.every(({ extent }, i) => i === 0 || strides[i - 1] === strides[i]! * extent);
  if (isOne) return {};
  const rows = m.reduce<number[]>(
    (offsets, { extent }, i) => {
      return offsets.flatMap((o) => range(0, extent).map((n) => o + n * strides[i]!));
    },
    [0],
  );
  return { rows };
}

function paddedAxis(space: ContractionSpace, padded: PaddedDimension): PaddedAxis {
  const { stride, dilation, low, extent } = padded;
  const batch = space.batch.findIndex((l) => l.dim === padded.dim);
  return { side: space.a === 0 ? 'a' : 'b', batch, stride, dilation, low, extent };
}
