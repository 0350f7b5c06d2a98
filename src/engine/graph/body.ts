import { exactJson } from '../core/exact-json.js';
import type { Builder } from './builder.js';
import type { Aval, GraphNode, LeafSource, ScanBody } from './node.js';
import { isOp, topological } from './node.js';

/** A parameter of a body; each has a source of its own. */
export class ParamSource implements LeafSource {
  readonly kind = 'param';
}

/** A new parameter of a body. */
export function param(b: Builder, { shape, dtype }: Aval): GraphNode {
  return b.leaf(new ParamSource(), shape, dtype);
}

/** The graph that a scan repeats. Printed as JSON it is its key, which tells bodies apart. */
export class Body implements ScanBody {
  private text: string | undefined;

  constructor(
    readonly params: readonly GraphNode[],
    readonly results: readonly GraphNode[],
  ) {}

  get key(): string {
    this.text ??= keyOf(this);
    return this.text;
  }

  toJSON(): string {
    return this.key;
  }
}

function keyOf({ params, results }: Body): string {
  const numbers = new Map<GraphNode, number>();
  const parts = params.map((p, i) => {
    numbers.set(p, i);
    return typeOf(p);
  });
  for (const node of topological(results)) {
    if (numbers.has(node)) continue;
    numbers.set(node, numbers.size);
    const inputs = node.inputs.map((x) => numbers.get(x)!).join();
    // A leaf that is no parameter of this body makes it ill-formed, which the row reports.
    const attrs = isOp(node, 'leaf')
      ? `${node.attrs.source.kind}${node.id}`
      : exactJson(node.attrs);
    parts.push(`${node.op}(${inputs})${attrs}${typeOf(node)}`);
  }
  parts.push(results.map((r) => numbers.get(r)!).join());
  return parts.join(';');
}

function typeOf({ dtype, shape }: Aval): string {
  return `${dtype}[${shape.join()}]`;
}

/**
 * `roots` with replacements in place of the nodes that `replaced` has, which then holds all that
 * was visited. `onCopy` hears of each node that had to be made anew.
 */
export function substitute(
  b: Builder,
  roots: readonly GraphNode[],
  replaced: Map<GraphNode, GraphNode>,
  onCopy: (copy: GraphNode, of: GraphNode) => void = () => {},
): GraphNode[] {
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const open = replaced.has(node) ? [] : node.inputs.filter((x) => !replaced.has(x));
    if (open.length > 0) {
      stack.push(...open.reverse());
      continue;
    }
    stack.pop();
    if (replaced.has(node)) continue;
    const inputs = node.inputs.map((x) => replaced.get(x)!);
    if (inputs.every((x, i) => x === node.inputs[i])) {
      replaced.set(node, node);
      continue;
    }
    const copy = b.node(node.op, inputs, node.attrs, { shape: node.shape, dtype: node.dtype });
    replaced.set(node, copy);
    onCopy(copy, node);
  }
  return roots.map((r) => replaced.get(r)!);
}

/** The nodes below `roots` that depend on any of `sources`, these included. */
export function dependents(
  roots: readonly GraphNode[],
  sources: Iterable<GraphNode>,
): Set<GraphNode> {
  const found = new Set(sources);
  for (const node of topological(roots)) if (node.inputs.some((x) => found.has(x))) found.add(node);
  return found;
}
