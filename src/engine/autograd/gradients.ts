import { invariant } from '../core/errors.js';
import { sameShape } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpName } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';
import { OPS } from '../ops/table.js';
import { influencedBy } from './influence.js';
import type { Marks } from './marks.js';
import { NO_MARKS } from './marks.js';
import { scanGradients } from './scan.js';

/**
 * Reverse-mode differentiation as a transformation of the graph: nodes for
 * Σ_i ⟨seeds[i], ∂outputs[i] / ∂w⟩ for each w of `wrt`, or `null` where w does not influence the
 * outputs through operations that have a gradient. The result is a graph like any other, so it can
 * be differentiated again. Visits only what lies between `wrt` and `outputs`; contributions to a
 * node are added in reverse order of evaluation. Nothing flows from a node that is cut by `marks` to
 * its operands.
 *
 * @equation (2.18), (2.19), (5.1), (5.2), (5.3), (5.4)
 */
export function gradients(
  b: Builder,
  outputs: readonly GraphNode[],
  seeds: readonly GraphNode[],
  wrt: readonly GraphNode[],
  marks: Marks = NO_MARKS,
): (GraphNode | null)[] {
  invariant(seeds.length === outputs.length, 'gradients needs one seed per output');
  const order = topological(outputs);
  const active = influencedBy(order, wrt, (node) => marks.isCut(node));
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
    if (isOp(node, 'scan')) {
      const parts = throughScan(b, node, order, total, active, marks);
      parts.forEach((part, k) => part && contribute(node.inputs[k]!, part));
      continue;
    }
    const g = total.get(node);
    if (g === undefined || marks.isCut(node) || !node.inputs.some((x) => active.has(x))) continue;
    const parts = applyRule(b, node, g);
    node.inputs.forEach((input, k) => {
      const part = parts[k];
      if (part) contribute(input, part);
    });
  }
  return wrt.map((w) => total.get(w) ?? null);
}

/** The parts of a scan's inputs, from the gradients that have arrived at its results. */
function throughScan(
  b: Builder,
  scan: GraphNode<'scan'>,
  order: readonly GraphNode[],
  total: ReadonlyMap<GraphNode, GraphNode>,
  active: ReadonlySet<GraphNode>,
  marks: Marks,
): readonly (GraphNode | null)[] {
  const arrived = new Array<GraphNode | null>(scan.attrs.body.results.length).fill(null);
  for (const node of order) {
    if (!isOp(node, 'scanResult') || node.inputs[0] !== scan || marks.isCut(node)) continue;
    const g = total.get(node);
    const { index } = node.attrs;
    if (g) arrived[index] = arrived[index] ? b.add(arrived[index], g) : g;
  }
  if (!active.has(scan) || arrived.every((g) => g === null)) return [];
  const wanted = scan.inputs.map((x) => active.has(x));
  return scanGradients({ b, scan, arrived, wanted, marks, gradients });
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
