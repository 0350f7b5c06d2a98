/** Which nodes stand for tensors that collect gradients, and where differentiation ends. */
import { isFloat } from '../engine/core/dtype.js';
import { gradients } from '../engine/autograd/gradients.js';
import type { Marks } from '../engine/autograd/marks.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';

const owners = new WeakMap<GraphNode, object>();
const cuts = new WeakSet<GraphNode>();
const probes = new Set<GraphNode>();

/** Differentiation ends in cuts, also in copies of them. */
export const marks: Marks = {
  isCut: (node) => cuts.has(node),
  copied(copy, of) {
    if (cuts.has(of)) cuts.add(copy);
  },
};

/** A new node with the value of `x`. */
export function identity(x: GraphNode): GraphNode {
  return build.node('reshape', [x], {}, { shape: x.shape });
}

/** A new node with the value of `x`, through which no gradient flows. */
export function cutFrom(x: GraphNode): GraphNode {
  const node = identity(x);
  cuts.add(node);
  return node;
}

/** Makes gradients that arrive at `node` belong to `owner`, a tensor. */
export function setOwner(node: GraphNode, owner: object | undefined): void {
  if (owner) owners.set(node, owner);
  else owners.delete(node);
}

/** The tensor that gradients arriving at `node` belong to. */
export function ownerOf(node: GraphNode): object | undefined {
  return owners.get(node);
}

/** The result of `f`, during which what depends on `nodes` counts as depending on a variable. */
export function withProbes<R>(nodes: readonly GraphNode[], f: () => R): R {
  for (const node of nodes) probes.add(node);
  try {
    return f();
  } finally {
    for (const node of nodes) probes.delete(node);
  }
}

/** Nodes of the gradients of Σ ⟨seed, output⟩, `null` where `wrt` has no influence. */
export function gradientNodes(
  outputs: readonly GraphNode[],
  seeds: readonly GraphNode[],
  wrt: readonly GraphNode[],
): (GraphNode | null)[] {
  return gradients(build, outputs, seeds, wrt, marks);
}

/** Nodes with an owner that `outputs` depend on through floats, in order of discovery. */
export function ownedNodes(outputs: readonly GraphNode[]): GraphNode[] {
  return reachable(outputs, (node) => owners.has(node));
}

/** Whether `outputs` depend on anything that gradients are wanted of. */
export function isTracked(outputs: readonly GraphNode[]): boolean {
  return reachable(outputs, (node) => owners.has(node) || probes.has(node)).length > 0;
}

/** Whether `outputs` depend on `node` through floats, differentiably or not. */
export function dependOn(outputs: readonly GraphNode[], node: GraphNode): boolean {
  return reachable(outputs, (other) => other === node).length > 0;
}

/** Nodes with the property on the paths of differentiation that lead to `outputs`. */
function reachable(
  outputs: readonly GraphNode[],
  wanted: (node: GraphNode) => boolean,
): GraphNode[] {
  const found: GraphNode[] = [];
  const seen = new Set<GraphNode>(outputs);
  const stack = [...seen];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!isFloat(node.dtype)) continue;
    if (wanted(node)) found.push(node);
    if (cuts.has(node)) continue;
    for (const input of node.inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  return found;
}
