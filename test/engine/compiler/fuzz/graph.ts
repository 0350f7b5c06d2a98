/** Graphs of the fuzzer: nodes over leaves whose values are known. */
import { allocate, roundTo } from '../../../../src/engine/core/dtype.js';
import type { GraphNode, LeafSource, OpName } from '../../../../src/engine/graph/node.js';
import { topological } from '../../../../src/engine/graph/node.js';
import { OPS, build } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import { InputSource, Storage } from '../../../../src/engine/runtime/storage.js';

/** What a graph computes, and the values behind its leaves. */
export interface FuzzGraph {
  readonly outputs: readonly GraphNode[];
  readonly values: ReadonlyMap<GraphNode, RefArray>;
}

/** The leaves of a graph, in the order of evaluation. */
export function leavesOf(graph: FuzzGraph): GraphNode[] {
  return topological(graph.outputs).filter((n) => n.op === 'leaf');
}

/** Operations of a graph: its nodes but for leaves. */
export function operationsOf(graph: FuzzGraph): GraphNode[] {
  return topological(graph.outputs).filter((n) => n.op !== 'leaf');
}

/** The value of one node, by the reference of its row. */
export function evaluateNode<K extends OpName>(
  node: GraphNode<K>,
  operands: readonly RefArray[],
): RefArray {
  const { dtype, shape } = node;
  const data = OPS[node.op].reference(operands, node.attrs, node);
  for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, data[i]!);
  return { dtype, shape, data };
}

/**
 * `outputs` with some nodes replaced, and all above those made anew; with `make`, by that instead of
 * the builder.
 */
export function replaceNodes(
  outputs: readonly GraphNode[],
  replacements: ReadonlyMap<GraphNode, GraphNode>,
  make: (node: GraphNode, inputs: readonly GraphNode[]) => GraphNode = remake,
): GraphNode[] {
  const done = new Map(replacements);
  const visit = (node: GraphNode): GraphNode => {
    const known = done.get(node);
    if (known) return known;
    const next = node.op === 'leaf' ? node : make(node, node.inputs.map(visit));
    done.set(node, next);
    return next;
  };
  return outputs.map(visit);
}

function remake(node: GraphNode, inputs: readonly GraphNode[]): GraphNode {
  if (inputs.every((x, i) => x === node.inputs[i])) return node;
  return build.node(node.op, inputs, node.attrs, { shape: node.shape, dtype: node.dtype });
}

/** The same graph over leaves with other sources. */
export function withSources(
  graph: FuzzGraph,
  source: (value: RefArray, index: number) => LeafSource,
): FuzzGraph {
  const values = new Map<GraphNode, RefArray>();
  const leaves = new Map<GraphNode, GraphNode>();
  leavesOf(graph).forEach((leaf, i) => {
    const value = graph.values.get(leaf)!;
    const next = build.leaf(source(value, i), leaf.shape, leaf.dtype);
    leaves.set(leaf, next);
    values.set(next, value);
  });
  return { outputs: replaceNodes(graph.outputs, leaves), values };
}

/** Each leaf an input of the program, by position. */
export function overInputs(graph: FuzzGraph): FuzzGraph {
  return withSources(graph, (_, i) => new InputSource(i));
}

/** Each leaf a constant of the program, as a tensor with values is. */
export function overStorages(graph: FuzzGraph): FuzzGraph {
  return withSources(graph, (value) => {
    const data = allocate(value.dtype, value.data.length);
    data.set(value.data);
    return new Storage(value.dtype, data.length, data);
  });
}

/** A leaf with this value. */
export function leafOf(value: RefArray): GraphNode {
  return build.leaf({ kind: 'input' }, value.shape, value.dtype);
}

/** Whether a node adds up terms, which a kernel may do in its own order and precision. */
export function isSum(node: GraphNode): boolean {
  const { family } = OPS[node.op];
  if (family === 'source' || family === 'elementwise' || family === 'movement') return false;
  return !PICKS.has(node.op);
}

/** Each of their results is one of the elements, or a position: nothing is rounded. */
const PICKS: ReadonlySet<OpName> = new Set<OpName>([
  'reduceMax',
  'reduceMin',
  'argMax',
  'argMin',
  'argsort',
  'windowMax',
  'argMaxWindow',
  'segmentMax',
  'segmentArgMax',
  'segmentGather',
  'segmentIds',
  'gather',
  'dynamicSlice',
  'dynamicUpdate',
]);
