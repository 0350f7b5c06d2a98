import { exactJson } from '../core/exact-json.js';
import { roundTo } from '../core/dtype.js';
import { sameShape, sizeOf } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode, LeafSource, OpName } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';
import { OPS, build } from '../ops/index.js';
import { expand, type ExpansionTarget } from './expand/expand.js';
import type { ScalarRule } from '../ops/index.js';
import { mergeScans, pruneScans, simplifyResult, simplifyScan } from './simplify-scan.js';

/**
 * Rewrites the graph below `roots` into an equal, simpler one: equal nodes become one, operations
 * on constants are carried out, movements of movements are merged, and scans over the same inputs
 * become one. Values do not change by a bit, but for reductions of very many elements, which are split.
 *
 * @param target What it is compiled for, as far as operations are expanded in different ways.
 */
export function simplify(
  roots: readonly GraphNode[],
  target: ExpansionTarget = {},
): readonly GraphNode[] {
  let next = rewriteAll(roots, target);
  if (!topological(next).some((n) => n.op === 'scan')) return next;
  // Inputs that scans have got in the first pass become one where equal.
  next = rewriteAll(next, target);
  for (;;) {
    const merged = mergeScans(next, (inner) => simplify(inner, target));
    if (merged === next) break;
    next = rewriteAll(merged, target);
  }
  return rewriteAll(pruneScans(next), target);
}

function rewriteAll(roots: readonly GraphNode[], target: ExpansionTarget): readonly GraphNode[] {
  const unique = new Map<string, GraphNode>();
  const sources = new Map<LeafSource, number>();
  const rewritten = new Map<GraphNode, GraphNode>();
  const share = (node: GraphNode): GraphNode => {
    const key = keyOf(node, sources);
    const known = unique.get(key);
    if (known) return known;
    unique.set(key, node);
    return node;
  };
  const expanded = expand(build, roots, target);
  const order = topological(expanded);
  const uses = countUses(order, expanded);
  for (const node of order) {
    const inputs = node.inputs.map((x) => rewritten.get(x)!);
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const next = same ? node : build.node(node.op, inputs, node.attrs, node);
    const alone = node.inputs.length === 1 && uses.get(node.inputs[0]!) === 1;
    rewritten.set(node, share((alone && turned(build, next)) || rewrite(build, next, target)));
  }
  return expanded.map((r) => rewritten.get(r)!);
}

function countUses(
  order: readonly GraphNode[],
  roots: readonly GraphNode[],
): ReadonlyMap<GraphNode, number> {
  const uses = new Map<GraphNode, number>();
  const use = (n: GraphNode): void => void uses.set(n, (uses.get(n) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(use);
  roots.forEach(use);
  return uses;
}

/**
 * The transpose of a contraction that nothing else reads is a contraction: dot(x, y) with the free
 * axes exchanged is dot(y, x), and a convolution puts its axes in any order. So the gradient of a
 * weight used as `w.T` lies in memory as the weight does.
 */
function turned(b: Builder, node: GraphNode): GraphNode | undefined {
  if (!isOp(node, 'permute')) return undefined;
  const of = node.inputs[0]!;
  const { axes } = node.attrs;
  if (isOp(of, 'conv')) {
    const order = axes.map((a) => of.attrs.order[a]!);
    return b.conv(of.inputs[0]!, of.inputs[1]!, { ...of.attrs, order });
  }
  if (!isOp(of, 'dot')) return undefined;
  const { batch, contract } = of.attrs;
  const batches = batch[0].length;
  const left = of.inputs[0]!.shape.length - batches - contract[0].length;
  const right = axes.length - batches - left;
  const exchanged = axes.every((a, i) => {
    if (i < batches) return a === i;
    return a === (i < batches + right ? i + left : i - right);
  });
  if (!exchanged) return undefined;
  return b.dot(of.inputs[1]!, of.inputs[0]!, {
    batch: [batch[1], batch[0]],
    contract: [contract[1], contract[0]],
  });
}

function keyOf(node: GraphNode, sources: Map<LeafSource, number>): string {
  const inputs = node.inputs.map((x) => x.id).join();
  let attrs: string;
  if (isOp(node, 'leaf')) {
    const { source } = node.attrs;
    if (!sources.has(source)) sources.set(source, sources.size);
    attrs = `source ${sources.get(source)!}`;
  } else attrs = exactJson(node.attrs);
  return `${node.op}(${inputs})${attrs}:${node.dtype}[${node.shape.join()}]`;
}

function rewrite(b: Builder, node: GraphNode, target: ExpansionTarget): GraphNode {
  if (isOp(node, 'concat')) return concatInStages(b, node);
  if (isOp(node, 'scan')) return simplifyScan(node, (inner) => simplify(inner, target));
  if (isOp(node, 'scanResult')) return simplifyResult(node);
  if (node.inputs.length === 0) return node;
  const [x] = node.inputs as [GraphNode];
  if (node.inputs.every((i) => i.op === 'constant')) {
    const values = node.inputs.map((i) => (i as GraphNode<'constant'>).attrs.value);
    if (REPEATS.has(node.op)) return b.constant(values[0]!, node.shape, node.dtype);
    const scalar: ScalarRule | undefined = OPS[node.op].scalar;
    if (scalar && !INEXACT.has(node.op)) {
      const value = scalar(node.dtype, ...values);
      return b.constant(roundTo(node.dtype, value), node.shape, node.dtype);
    }
  }
  if (isOp(node, 'reshape') && sameShape(x.shape, node.shape)) return x;
  if (isOp(node, 'reshape') && x.op === 'reshape') return b.reshape(x.inputs[0]!, node.shape);
  if (isOp(node, 'dynamicSlice') && sameShape(x.shape, node.shape)) return x;
  if (isOp(node, 'dynamicUpdate')) {
    const update = node.inputs[1]!;
    if (sameShape(update.shape, node.shape)) return update;
    if (sizeOf(update.shape) === 0) return x;
  }
  if (isOp(node, 'permute') && isOp(x, 'permute')) {
    const inner = x.attrs.axes;
    return b.permute(
      x.inputs[0]!,
      node.attrs.axes.map((a) => inner[a]!),
    );
  }
  if (isOp(node, 'broadcast') && x.op === 'broadcast') return b.broadcast(x.inputs[0]!, node.shape);
  if (isOp(node, 'flip') && isOp(x, 'flip')) return flipTwice(b, node, x);
  if (isOp(node, 'pad')) return cutOnly(b, node);
  if (isOp(node, 'slice')) return sliceOnce(b, node);
  if (isOp(node, 'mul') || isOp(node, 'div')) {
    if (isConstant(node.inputs[1]!, 1)) return x;
    if (node.op === 'mul' && isConstant(x, 1)) return node.inputs[1]!;
  }
  return node;
}

function flipTwice(b: Builder, node: GraphNode<'flip'>, x: GraphNode<'flip'>): GraphNode {
  const [outer, inner] = [node.attrs.axes, x.attrs.axes];
  const once = [...outer, ...inner].filter((a) => outer.includes(a) !== inner.includes(a));
  return b.flip(
    x.inputs[0]!,
    once.sort((p, q) => p - q),
  );
}

/** A pad that adds nothing is a slice: a view. */
function cutOnly(b: Builder, node: GraphNode<'pad'>): GraphNode {
  const { low, high, interior } = node.attrs;
  const x = node.inputs[0]!;
  const adds = (v: number): boolean => v > 0;
  if (low.some(adds) || high.some(adds) || interior.some(adds)) return node;
  const start = low.map((v) => -v);
  const stop = x.shape.map((d, i) => d + high[i]!);
  if (start.some((v, i) => v > stop[i]!)) return node;
  return sliceOnce(b, b.slice(x, { start, stop, step: start.map(() => 1) }));
}

/** A slice of everything is its operand; one of a slice is one slice. */
function sliceOnce(b: Builder, node: GraphNode): GraphNode {
  const x = node.inputs[0]!;
  if (sameShape(node.shape, x.shape)) return x;
  if (!isOp(node, 'slice') || !isOp(x, 'slice')) return node;
  const [outer, inner] = [node.attrs, x.attrs];
  const step = outer.step.map((s, i) => s * inner.step[i]!);
  const start = outer.start.map((s, i) => inner.start[i]! + s * inner.step[i]!);
  const stop = start.map((s, i) => {
    const n = node.shape[i]!;
    return n === 0 ? s : s + (n - 1) * step[i]! + 1;
  });
  const source = x.inputs[0]!;
  return stop.every((s, i) => s <= source.shape[i]!) && start.every((s, i) => s <= stop[i]!)
    ? b.slice(source, { start, stop, step })
    : node;
}

/** Movements under which a constant stays what it is. */
const REPEATS = new Set<string>(['reshape', 'permute', 'broadcast', 'slice', 'flip']);

/** Functions that a kernel rounds in its own way: they are left to it. */
export const INEXACT: ReadonlySet<OpName> = new Set<OpName>([
  'exp',
  'log',
  'log1p',
  'expm1',
  'rsqrt',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'pow',
  'mod',
]);

function isConstant(node: GraphNode, value: number): boolean {
  return isOp(node, 'constant') && node.attrs.value === value;
}

/** Parts that one kernel may put together: it looks at all of them for each element. */
const MAX_PARTS = 16;

function concatInStages(b: Builder, node: GraphNode<'concat'>): GraphNode {
  const { axis } = node.attrs;
  let parts = node.inputs;
  while (parts.length > MAX_PARTS) {
    const next: GraphNode[] = [];
    for (let i = 0; i < parts.length; i += MAX_PARTS) {
      next.push(b.concat(parts.slice(i, i + MAX_PARTS), axis));
    }
    parts = next;
  }
  return parts === node.inputs ? node : b.concat(parts, axis);
}
