import { isFloat } from '../core/dtype.js';
import { invariant } from '../core/errors.js';
import { sameShape } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpName } from '../graph/node.js';
import { topological } from '../graph/node.js';
import { OPS } from '../ops/table.js';

/**
 * Reverse-mode differentiation as a transformation of the graph: nodes for
 * Σ_i ⟨seeds[i], ∂outputs[i] / ∂w⟩ for each w of `wrt`, or `null` where w does not influence the
 * outputs through operations that have a gradient. The result is a graph like any other, so it can
 * be differentiated again. Visits only what lies between `wrt` and `outputs`; contributions to a
 * node are added in reverse order of evaluation. Nothing flows from a node that `isCut` to its
 * operands.
 *
 * @equation (2.18), (2.19)
 */
export function gradients(
  b: Builder,
  outputs: readonly GraphNode[],
  seeds: readonly GraphNode[],
  wrt: readonly GraphNode[],
  isCut: (node: GraphNode) => boolean = () => false,
): (GraphNode | null)[] {
  invariant(seeds.length === outputs.length, 'gradients needs one seed per output');
  const order = topological(outputs);
  const active = influencedBy(order, wrt, isCut);
  const total = new Map<GraphNode, GraphNode>();
  const contribute = (node: GraphNode, part: GraphNode): void => {
    if (!active.has(node)) return;
    checkPart(node, part);
    const sum = total.get(node);
    total.set(node, sum === undefined ? part : b.add(sum, part));
  };
  outputs.forEach((output, i) => contribute(output, seeds[i]!));
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const g = total.get(node);
    if (g === undefined || isCut(node) || !node.inputs.some((x) => active.has(x))) continue;
    const parts = applyRule(b, node, g);
    node.inputs.forEach((input, k) => {
      const part = parts[k];
      if (part) contribute(input, part);
    });
  }
  return wrt.map((w) => total.get(w) ?? null);
}

/** The float nodes that a change of `wrt` reaches through operations that have a gradient. */
function influencedBy(
  order: readonly GraphNode[],
  wrt: readonly GraphNode[],
  isCut: (node: GraphNode) => boolean,
): Set<GraphNode> {
  const sources = new Set(wrt);
  const active = new Set<GraphNode>();
  for (const node of order) {
    if (!isFloat(node.dtype)) continue;
    const passes = typeof OPS[node.op].gradient === 'function' && !isCut(node);
    if (sources.has(node) || (passes && node.inputs.some((x) => active.has(x)))) active.add(node);
  }
  return active;
}

function applyRule<K extends OpName>(
  b: Builder,
  node: GraphNode<K>,
  g: GraphNode,
): readonly (GraphNode | null)[] {
  const rule = OPS[node.op].gradient;
  return typeof rule === 'function' ? rule(b, node, g) : [];
}

function checkPart(node: Aval & { readonly op: OpName }, part: Aval): void {
  invariant(
    part.dtype === node.dtype && sameShape(part.shape, node.shape),
    `a gradient of ${part.dtype}[${part.shape.join(', ')}] reached a ${node.op} node of ` +
      `${node.dtype}[${node.shape.join(', ')}]`,
  );
}
