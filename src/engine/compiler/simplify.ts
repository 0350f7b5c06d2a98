import { invariant } from '../core/errors.js';
import { exactJson } from '../core/exact-json.js';
import { roundTo } from '../core/dtype.js';
import { sameShape, sizeOf } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { GraphNode, LeafSource, OpName } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';
import { OPS, build } from '../ops/index.js';
import { expand } from './expand/expand.js';
import type { ScalarRule } from '../ops/index.js';

/**
 * Rewrites the graph below `roots` into an equal, simpler one: equal nodes become one, operations
 * on constants are carried out, movements of movements are merged, and contractions contract a
 * single dimension. Values do not change by a bit.
 */
export function simplify(roots: readonly GraphNode[]): readonly GraphNode[] {
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
  const expanded = expand(build, roots);
  for (const node of topological(expanded)) {
    const inputs = node.inputs.map((x) => rewritten.get(x)!);
    const same = inputs.every((x, i) => x === node.inputs[i]);
    const next = same ? node : build.node(node.op, inputs, node.attrs, node);
    rewritten.set(node, share(rewrite(build, next)));
  }
  return expanded.map((r) => rewritten.get(r)!);
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

function rewrite(b: Builder, node: GraphNode): GraphNode {
  if (isOp(node, 'dot')) return singleContraction(b, node);
  if (isOp(node, 'concat')) return concatInStages(b, node);
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
  if (isOp(node, 'permute') && isOp(x, 'permute')) {
    const inner = x.attrs.axes;
    return b.permute(
      x.inputs[0]!,
      node.attrs.axes.map((a) => inner[a]!),
    );
  }
  if (isOp(node, 'broadcast') && x.op === 'broadcast') return b.broadcast(x.inputs[0]!, node.shape);
  if (isOp(node, 'mul') || isOp(node, 'div')) {
    if (isConstant(node.inputs[1]!, 1)) return x;
    if (node.op === 'mul' && isConstant(x, 1)) return node.inputs[1]!;
  }
  return node;
}

/** Movements under which a constant stays what it is. */
const REPEATS = new Set<string>(['reshape', 'permute', 'broadcast', 'slice', 'flip']);

/** Functions that a kernel rounds in its own way: they are left to it. */
const INEXACT = new Set<OpName>([
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

/** Moves the contracted axes of each operand to its end and makes them one. */
function singleContraction(b: Builder, node: GraphNode<'dot'>): GraphNode {
  const { batch, contract } = node.attrs;
  if (contract[0].length === 1) return node;
  const [x, y] = node.inputs as [GraphNode, GraphNode];
  const merge = (n: GraphNode, axes: readonly number[]): GraphNode => {
    const kept = n.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const extents = kept.map((i) => n.shape[i]!);
    const size = sizeOf(axes.map((i) => n.shape[i]!));
    return b.reshape(b.permute(n, [...kept, ...axes]), [...extents, size]);
  };
  const place = (axes: readonly number[], of: readonly number[]): number[] =>
    axes.map((a) => a - of.filter((c) => c < a).length);
  const left = merge(x, contract[0]);
  const right = merge(y, contract[1]);
  invariant(left.shape.length > 0, 'a contraction lost its axes');
  return b.dot(left, right, {
    batch: [place(batch[0], contract[0]), place(batch[1], contract[1])],
    contract: [[left.shape.length - 1], [right.shape.length - 1]],
  });
}
