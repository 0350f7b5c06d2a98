import { roundTo } from '../../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../../src/engine/core/shape.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../../src/engine/graph/node.js';
import { build } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import type { Check } from './check.js';
import { evaluateNode, leafOf, leavesOf, operationsOf, replaceNodes } from './graph.js';
import type { FuzzGraph } from './graph.js';

/** Tries: each runs the graph, and a shrunk graph is worth a few seconds, not minutes. */
const MAX_TRIES = 1500;

/** The smallest graph found that still fails `check`, as `graph` does. */
export function shrink(graph: FuzzGraph, check: Check, most = MAX_TRIES): FuzzGraph {
  let best = graph;
  let tries = 0;
  const attempt = (next: FuzzGraph | undefined): boolean => {
    if (!next || tries >= most) return false;
    tries++;
    let fails: boolean;
    try {
      fails = check(next) !== undefined;
    } catch {
      return false; // the graph itself makes no sense
    }
    if (fails) best = next;
    return fails;
  };
  for (let progress = true; progress && tries < most;) {
    progress = false;
    for (const pass of [fewerOutputs, earlierOutputs, leavesForNodes, bypasses, smaller, simpler]) {
      for (let again = true; again;) {
        again = pass(best).some((candidate) => attempt(candidate()));
        progress ||= again;
      }
    }
  }
  return best;
}

/** Graphs that are worth a try, the most promising first; undefined where one cannot be made. */
type Candidates = (() => FuzzGraph | undefined)[];

function fewerOutputs({ outputs, values }: FuzzGraph): Candidates {
  if (outputs.length === 1) return [];
  return outputs.map((node) => () => ({ outputs: [node], values }));
}

function earlierOutputs(graph: FuzzGraph): Candidates {
  const inner = operationsOf(graph).filter((n) => !graph.outputs.includes(n));
  return inner.map((node) => () => ({ outputs: [node], values: graph.values }));
}

/** Leaves in place of nodes, with the values these have; those that drop most come first. */
function leavesForNodes(graph: FuzzGraph): Candidates {
  const inner = operationsOf(graph).filter((n) => !graph.outputs.includes(n));
  const values = valuesOf(graph);
  return inner.reverse().map((node) => () => {
    const leaf = leafOf(values.get(node)!);
    const outputs = replaceNodes(graph.outputs, new Map([[node, leaf]]));
    return { outputs, values: new Map([...graph.values, [leaf, values.get(node)!]]) };
  });
}

function valuesOf(graph: FuzzGraph): Map<GraphNode, RefArray> {
  const values = new Map(graph.values);
  for (const node of operationsOf(graph)) {
    values.set(
      node,
      evaluateNode(
        node,
        node.inputs.map((x) => values.get(x)!),
      ),
    );
  }
  return values;
}

/** An operand in place of what is computed from it, where it has the same shape and dtype. */
function bypasses(graph: FuzzGraph): Candidates {
  return operationsOf(graph).flatMap((node) => {
    const same = node.inputs.filter(
      (x) => x.dtype === node.dtype && x.shape.join() === node.shape.join(),
    );
    return same.map((x) => () => {
      const outputs = replaceNodes(graph.outputs, new Map([[node, x]]));
      return outputs.every((n) => n.op === 'leaf') ? undefined : { outputs, values: graph.values };
    });
  });
}

/** One extent smaller wherever it occurs, in shapes and in the attributes that follow them. */
function smaller(graph: FuzzGraph): Candidates {
  const nodes = topological(graph.outputs);
  const extents = [...new Set(nodes.flatMap((n) => n.shape))].filter((d) => d > 1);
  extents.sort((a, b) => b - a);
  return extents.flatMap((from) =>
    [...new Set([1, 2, from >> 1, from - 1])]
      .filter((to) => to < from)
      .map((to) => () => resized(graph, (d) => (d === from ? to : d))),
  );
}

function resized(graph: FuzzGraph, size: (d: number) => number): FuzzGraph | undefined {
  const values = new Map<GraphNode, RefArray>();
  const leaves = new Map<GraphNode, GraphNode>();
  for (const leaf of leavesOf(graph)) {
    const { dtype, data, shape } = graph.values.get(leaf)!;
    const next = shape.map(size);
    const value = { dtype, shape: next, data: data.slice(0, sizeOf(next)) };
    leaves.set(leaf, leafOf(value));
    values.set(leaves.get(leaf)!, value);
  }
  try {
    const outputs = replaceNodes(graph.outputs, leaves, (node, inputs) => {
      const wanted = { shape: node.shape.map(size), dtype: node.dtype };
      const { attrs } = node;
      if (isOp(node, 'slice')) {
        const stop = node.attrs.stop.map(size);
        return build.node('slice', inputs, { ...node.attrs, stop }, wanted);
      }
      if (isOp(node, 'scatterAdd')) {
        const resize = size(node.attrs.size);
        return build.node('scatterAdd', inputs, { ...node.attrs, size: resize }, wanted);
      }
      return build.node(node.op, inputs, attrs, wanted);
    });
    return { outputs, values };
  } catch {
    return undefined; // shapes no longer fit
  }
}

/** Simpler numbers in one leaf, most telling first; only while they are not simple already. */
function simpler(graph: FuzzGraph): Candidates {
  const kinds: ((v: number, i: number) => number)[] = [
    () => 0,
    () => 1,
    (_, i) => i % 5,
    Math.round,
  ];
  return leavesOf(graph).flatMap((leaf) => {
    const { dtype, shape, data } = graph.values.get(leaf)!;
    const rank = kinds.findIndex((kind) =>
      data.every((v, i) => Object.is(v, roundTo(dtype, kind(v, i)))),
    );
    return kinds.slice(0, rank < 0 ? kinds.length : rank).map((kind) => () => {
      const simple = data.map((v, i) => roundTo(dtype, kind(v, i)));
      const values = new Map(graph.values).set(leaf, { dtype, shape, data: simple });
      return { outputs: graph.outputs, values };
    });
  });
}
