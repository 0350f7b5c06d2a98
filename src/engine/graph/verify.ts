import { formatShape, sameShape } from '../core/shape.js';
import { GradusError, InternalError } from '../core/errors.js';
import type { InferRule } from './builder.js';
import type { Aval, GraphNode } from './node.js';
import { isOp, topological } from './node.js';

/**
 * Throws an InternalError, naming the node, unless the graph behind `outputs` is sound: every
 * operand is there and older than its user, ids are unique, and each node has the shape and dtype
 * that `infer` gives it; bodies of scans included.
 */
export function verifyGraph(outputs: readonly GraphNode[], infer: InferRule): void {
  checkOperands(outputs);
  const byId = new Map<number, GraphNode>();
  for (const node of topological(outputs)) {
    if (byId.has(node.id)) fail(node, `shares its id with a ${byId.get(node.id)!.op} node`);
    byId.set(node.id, node);
    checkType(node, infer);
    if (isOp(node, 'scan')) checkBody(node, infer);
  }
}

/** A body has to be sound itself, and to end in its own parameters. */
function checkBody(scan: GraphNode<'scan'>, infer: InferRule): void {
  const { params, results } = scan.attrs.body;
  verifyGraph([...params, ...results], infer);
  for (const node of topological(results)) {
    if (isOp(node, 'leaf') && !params.includes(node)) fail(scan, 'has a body that is not closed');
  }
  if (params.some((p) => !isOp(p, 'leaf') || p.attrs.source.kind !== 'param')) {
    fail(scan, 'has a body whose parameters are no leaves of kind param');
  }
}

/** Also rules out cycles, since ids must fall from user to operand. */
function checkOperands(outputs: readonly GraphNode[]): void {
  const seen = new Set<GraphNode>(outputs);
  const stack = [...seen];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const [i, input] of (node.inputs as readonly (GraphNode | undefined)[]).entries()) {
      if (input === undefined) fail(node, `has no operand ${i}`);
      if (input.id >= node.id) fail(node, `uses ${describe(input)}, which is not older`);
      if (seen.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
}

function checkType(node: GraphNode, infer: InferRule): void {
  let type: Aval;
  try {
    type = infer(node.op, node.inputs, node.attrs, { shape: node.shape, dtype: node.dtype });
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
    fail(node, `is ill-formed: ${error.message}`);
  }
  if (type.dtype === node.dtype && sameShape(type.shape, node.shape)) return;
  fail(node, `should be ${type.dtype}${formatShape(type.shape)}`);
}

function describe(node: GraphNode): string {
  return `node ${node.id}, ${node.dtype}${formatShape(node.shape)} = ${node.op}(…)`;
}

function fail(node: GraphNode, defect: string): never {
  throw new InternalError(`internal: ${describe(node)} ${defect}; please report this.`);
}
