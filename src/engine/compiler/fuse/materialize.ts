import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import { memoryOf, MOVEMENT, ROOTS } from './kernelize.js';
import { isContraction, reachOperands, scanOperands } from './operands.js';

/** Rough cost of computing one element, in simple vector operations. */
const COST: Partial<Record<OpName, number>> = {
  exp: 12,
  log: 14,
  log1p: 18,
  expm1: 16,
  sin: 20,
  cos: 20,
  tanh: 16,
  sigmoid: 16,
  erf: 20,
  pow: 40,
  mod: 8,
  div: 4,
  sqrt: 4,
  rsqrt: 8,
  reciprocal: 4,
  randomBits: 40,
  // Below RECOMPUTE_BELOW with both its loads: rows picked by an index are never stored twice.
  gather: 3,
  dynamicUpdate: 3,
};

/** Cost of computing one element of an operation that is no movement. */
export function costOf(op: OpName): number {
  return COST[op] ?? 1;
}

/** A value used more than once is kept if computing it again costs at least this much. */
const RECOMPUTE_BELOW = 6;
/** Bounds on how much one kernel computes. */
const MAX_DEPTH = 48;
const MAX_COST = 400;

/** What never lies in memory of its own. */
const WITHOUT_MEMORY: ReadonlySet<OpName> = new Set<OpName>(['leaf', 'reshape', 'scan']);

export interface Materialization {
  /** Values that get memory, producers first. */
  readonly nodes: readonly GraphNode[];
  /** Those that need none if all their readers end up in the same kernel. */
  readonly optional: ReadonlySet<GraphNode>;
}

/**
 * Decides which values of the graph lie in memory; all others are computed where they are used.
 * Unfused, every value does, but for reshapes, which share their operand's memory.
 */
export function materialize(roots: readonly GraphNode[], fused = true): Materialization {
  const order = topological(roots);
  if (!fused) {
    const nodes = order.filter((n) => !WITHOUT_MEMORY.has(n.op));
    return { nodes, optional: new Set() };
  }
  const required = new Set<GraphNode>();
  const optional = new Set<GraphNode>();
  for (const root of roots) required.add(memoryOf(root));
  for (const node of order) {
    if (ROOTS.has(node.op)) required.add(node);
    if (isContraction(node))
      for (const { base } of reachOperands(node).operands) required.add(base);
    if (node.op === 'concat') node.inputs.filter(isLongConcat).forEach((x) => required.add(x));
    if (node.op === 'randomBits') required.add(memoryOf(node.inputs[0]!));
    if (isOp(node, 'window')) {
      // Where both a window's place and a place within it decide, loads would be lane by lane.
      const of = throughViews(node.inputs[0]!);
      if (of.op === 'pad' || of.op === 'concat') required.add(of);
    }
    if (isOp(node, 'gather')) required.add(throughViews(node.inputs[0]!));
    const start = startOf(node);
    if (start && start.op !== 'constant') required.add(memoryOf(start));
    if (isOp(node, 'scan')) scanOperands(node).forEach((x) => required.add(x));
  }
  const uses = effectiveUses(order);
  const cost = new Map<GraphNode, number>();
  const depth = new Map<GraphNode, number>();
  for (const node of order) {
    let c = MOVEMENT.has(node.op) ? (COST[node.op] ?? 0) : costOf(node.op);
    let d = 1;
    for (const x of node.inputs) {
      const kept = x.op === 'leaf' || required.has(x) || optional.has(x);
      c += kept ? 1 : cost.get(x)!;
      d = Math.max(d, kept ? 1 : depth.get(x)! + 1);
    }
    cost.set(node, c);
    depth.set(node, d);
    if (isOp(node, 'dynamicUpdate')) {
      // Outside the window its elements would be computed for nothing.
      const update = memoryOf(node.inputs[1]!);
      if ((cost.get(update) ?? 0) >= RECOMPUTE_BELOW) required.add(update);
    }
    // Movements cost nothing, but thousands in a row would be too deep to walk through.
    const light = MOVEMENT.has(node.op) && (d <= 2 * MAX_DEPTH || node.op === 'reshape');
    if (node.op === 'leaf' || node.op === 'scan' || light) continue;
    if (d > MAX_DEPTH || c > MAX_COST) required.add(node);
    else if (uses.get(node)! > 1 && c >= RECOMPUTE_BELOW) optional.add(node);
  }
  const nodes = order.filter((n) => n.op !== 'leaf' && (required.has(n) || optional.has(n)));
  for (const n of required) optional.delete(n);
  return { nodes, optional };
}

/** The vector that says where a window begins. */
function startOf(node: GraphNode): GraphNode | undefined {
  if (isOp(node, 'dynamicSlice')) return node.inputs[1];
  return isOp(node, 'dynamicUpdate') ? node.inputs[2] : undefined;
}

/** A stage of a longer one: looking at its parts again in the next stage would cost too much. */
function isLongConcat(node: GraphNode): boolean {
  return node.op === 'concat' && node.inputs.length > 8;
}

/**
 * How many computations read each node, looking through movements. Repeating a value along new
 * axes counts as several.
 */
function effectiveUses(order: readonly GraphNode[]): Map<GraphNode, number> {
  const uses = new Map<GraphNode, number>();
  for (const n of order) uses.set(n, 0);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const movement = MOVEMENT.has(node.op) && node.op !== 'pad';
    const weight = repeats(node) ? 2 : movement ? Math.max(1, uses.get(node)!) : 1;
    for (const x of new Set(node.inputs)) uses.set(x, uses.get(x)! + weight);
  }
  return uses;
}

function repeats(node: GraphNode): boolean {
  return node.op === 'broadcast' || (isOp(node, 'window') && node.attrs.size > node.attrs.stride);
}

function throughViews(node: GraphNode): GraphNode {
  let n = node;
  while (MOVEMENT.has(n.op) && n.op !== 'pad' && n.op !== 'concat') n = n.inputs[0]!;
  return n;
}
