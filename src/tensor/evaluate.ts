/** Runs pending graphs on the current device and remembers the results. */
import { invariant } from '../engine/core/errors.js';
import { sizeOf } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { isOp } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { Storage } from '../engine/runtime/storage.js';
import { compileProgram } from './device.js';

/** Values of nodes that have been asked for. */
const realized = new WeakMap<GraphNode, Storage>();

/** An assignment outside a compiled function that has not been computed yet. */
export interface PendingAssignment {
  readonly pendingNode: GraphNode;
  settle(values: Storage): void;
}

/** Assignments to compute together with whatever is evaluated next. */
const pending = new Set<PendingAssignment>();

export function addPending(assignment: PendingAssignment): void {
  pending.add(assignment);
}

export function dropPending(assignment: PendingAssignment): void {
  pending.delete(assignment);
}

/**
 * Runs `work`; if it throws, what it has left to be computed is forgotten, as nobody will ask for
 * it: the first values of a model that is abandoned, say.
 */
export function forgetPendingOnError<R>(work: () => R): R {
  const before = new Set(pending);
  try {
    return work();
  } catch (error) {
    for (const assignment of pending) if (!before.has(assignment)) pending.delete(assignment);
    throw error;
  }
}

/** The storage behind a leaf, or with the remembered values of a node. */
function storageOf(node: GraphNode): Storage | undefined {
  if (isOp(node, 'leaf')) {
    const { source } = node.attrs;
    invariant(source instanceof Storage, `a ${source.kind} leaf is evaluated outside its trace`);
    return source;
  }
  return realized.get(node);
}

/**
 * The values of `nodes`, computed in one program together with all pending assignments. Nodes whose
 * values are known count as leaves, so that nothing is computed twice.
 */
export function realize(nodes: readonly GraphNode[]): Storage[] {
  const assignments = [...pending];
  const wanted = new Set([...nodes, ...assignments.map((a) => a.pendingNode)]);
  const missing = [...wanted].filter((node) => storageOf(node) === undefined);
  if (missing.length > 0) {
    const outputs = withLeaves(missing);
    const { program } = compileProgram({ inputs: [], outputs, assigns: [], once: true });
    program.run([]).forEach((values, i) => {
      const node = missing[i]!;
      realized.set(node, new Storage(node.dtype, sizeOf(node.shape), values));
    });
  }
  for (const assignment of assignments) {
    pending.delete(assignment);
    assignment.settle(storageOf(assignment.pendingNode)!);
  }
  return nodes.map((node) => storageOf(node)!);
}

/** Computes all pending assignments. */
export function settlePending(): void {
  if (pending.size > 0) realize([]);
}

/** The graphs of `outputs` with leaves in place of all nodes whose values are known. */
function withLeaves(outputs: readonly GraphNode[]): GraphNode[] {
  const leaves = new Map<Storage, GraphNode>();
  const leafOf = (storage: Storage, node: GraphNode): GraphNode => {
    const known = leaves.get(storage) ?? build.leaf(storage, node.shape, node.dtype);
    leaves.set(storage, known);
    return build.reshape(known, node.shape);
  };
  const done = new Map<GraphNode, GraphNode>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const storage = done.has(node) ? undefined : storageOf(node);
    const open = done.has(node) || storage ? [] : node.inputs.filter((x) => !done.has(x));
    if (open.length > 0) {
      stack.push(...open.reverse());
      continue;
    }
    stack.pop();
    if (!done.has(node)) done.set(node, storage ? leafOf(storage, node) : rebuilt(node, done));
  }
  return outputs.map((node) => done.get(node)!);
}

/** `node` on its inputs' replacements; itself where they are the same. */
function rebuilt(node: GraphNode, replaced: ReadonlyMap<GraphNode, GraphNode>): GraphNode {
  const inputs = node.inputs.map((input) => replaced.get(input)!);
  if (inputs.every((input, i) => input === node.inputs[i])) return node;
  return build.node(node.op, inputs, node.attrs, { shape: node.shape, dtype: node.dtype });
}
