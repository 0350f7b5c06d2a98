import { byteSize } from '../core/dtype.js';
import { sizeOf } from '../core/shape.js';
import type { GraphNode, OpName } from '../graph/node.js';
import { OPS } from '../ops/table.js';

/** Operations that, like movements, cost no more than loading their result would. */
const CHEAP: ReadonlySet<OpName> = new Set<OpName>([
  'constant',
  'iota',
  'neg',
  'abs',
  'sign',
  'relu',
  'floor',
  'ceil',
  'round',
  'not',
  'add',
  'sub',
  'mul',
  'div',
  'reciprocal',
  'max',
  'min',
  'and',
  'or',
  'xor',
  'shiftLeft',
  'shiftRight',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'where',
  'cast',
]);

function isCheap({ op }: GraphNode): boolean {
  return CHEAP.has(op) || OPS[op].family === 'movement';
}

export interface Available {
  /** Parameters whose values are lost unless they are saved. */
  readonly carries: ReadonlySet<GraphNode>;
  /** Parameters that the reverse scan can be given as well. */
  readonly free: ReadonlySet<GraphNode>;
  /** Save only carries, and compute all else again. */
  readonly recompute: boolean;
}

/**
 * The values of a forward body to store for its gradient, whose nodes `backward` has: those that
 * are dear to compute, and those that come from more than one stored value that nothing else needs.
 * All else is computed again from them.
 */
export function chooseSaved(
  roots: readonly GraphNode[],
  backward: ReadonlySet<GraphNode>,
  available: Available,
): Set<GraphNode> {
  const needed = frontier(roots, backward);
  const { carries } = available;
  const saved = new Set<GraphNode>();
  if (available.recompute) {
    for (const node of allBelow(needed)) if (carries.has(node)) saved.add(node);
    return saved;
  }
  const cheap = needed.filter((node) => {
    if (carries.has(node) || !(isCheap(node) || available.free.has(node))) saved.add(node);
    return !saved.has(node);
  });
  for (const node of cheap) {
    const missing = sources(node, saved, available);
    const bytes = missing.reduce((n, x) => n + bytesOf(x), 0);
    if (missing.length < 2 && bytes <= bytesOf(node)) missing.forEach((x) => saved.add(x));
    else saved.add(node);
  }
  return saved;
}

/** What the backward nodes read of the forward ones, older nodes first. */
function frontier(roots: readonly GraphNode[], backward: ReadonlySet<GraphNode>): GraphNode[] {
  const found = new Set<GraphNode>(roots.filter((r) => !backward.has(r)));
  const seen = new Set(roots.filter((r) => backward.has(r)));
  for (const node of seen) {
    for (const x of node.inputs) (backward.has(x) ? seen : found).add(x);
  }
  return [...found].sort((x, y) => x.id - y.id);
}

function allBelow(nodes: readonly GraphNode[]): Set<GraphNode> {
  const found = new Set(nodes);
  for (const node of found) node.inputs.forEach((x) => found.add(x));
  return found;
}

/** The values that are neither saved nor free from which cheap operations alone lead to `node`. */
function sources(
  node: GraphNode,
  saved: ReadonlySet<GraphNode>,
  { carries, free }: Available,
): GraphNode[] {
  const missing: GraphNode[] = [];
  const seen = new Set([node]);
  for (const x of seen) {
    if (saved.has(x) || free.has(x)) continue;
    if (carries.has(x) || !isCheap(x)) missing.push(x);
    else x.inputs.forEach((y) => seen.add(y));
  }
  return missing;
}

function bytesOf({ shape, dtype }: GraphNode): number {
  return sizeOf(shape) * byteSize(dtype);
}
