import { roundTo } from '../../core/dtype.js';
import { invariant } from '../../core/errors.js';
import { sameShape, sizeOf } from '../../core/shape.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp, topological } from '../../graph/node.js';
import type { RefArray } from '../../ops/row.js';
import { OPS } from '../../ops/table.js';
import type { ScanValue } from './run-scan.js';
import { runScan } from './run-scan.js';

export interface InterpretOptions {
  /** Called with each node and its value, in the order of evaluation; leaves included. */
  readonly onNode?: (node: GraphNode, value: RefArray) => void;
}

/**
 * The values of `outputs`, node by node, by the references of the op table: in f64, sums included,
 * each result rounded to its dtype. Slow and right; every backend is tested against it.
 */
export function interpret(
  outputs: readonly GraphNode[],
  bind: (leaf: GraphNode<'leaf'>) => RefArray,
  options: InterpretOptions = {},
): RefArray[] {
  const order = topological(outputs);
  const uses = countUses(order, outputs);
  const values = new Map<GraphNode, RefArray>();
  for (const node of order) {
    const operands = node.inputs.map((x) => values.get(x)!);
    const value = isOp(node, 'leaf') ? bound(node, bind(node)) : valueOf(node, operands);
    values.set(node, value);
    options.onNode?.(node, value);
    for (const x of node.inputs) {
      const left = uses.get(x)! - 1;
      uses.set(x, left);
      if (left === 0) values.delete(x);
    }
  }
  return outputs.map((node) => values.get(node)!);
}

function countUses(
  order: readonly GraphNode[],
  outputs: readonly GraphNode[],
): Map<GraphNode, number> {
  const uses = new Map<GraphNode, number>();
  const use = (x: GraphNode): void => void uses.set(x, (uses.get(x) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(use);
  outputs.forEach(use);
  return uses;
}

function valueOf(node: GraphNode, operands: readonly RefArray[]): RefArray {
  if (isOp(node, 'scan')) return runScan(node, operands, interpret);
  if (isOp(node, 'scanResult')) return (operands[0] as ScanValue).results[node.attrs.index]!;
  return evaluate(node, operands);
}

function evaluate<K extends OpName>(node: GraphNode<K>, operands: readonly RefArray[]): RefArray {
  const { shape, dtype } = node;
  const data = OPS[node.op].reference(operands, node.attrs, node);
  invariant(data.length === sizeOf(shape), `the reference of ${node.op} gave a wrong size`);
  if (dtype !== 'f64') for (let i = 0; i < data.length; i++) data[i] = roundTo(dtype, data[i]!);
  return { shape, dtype, data };
}

function bound(leaf: GraphNode<'leaf'>, value: RefArray): RefArray {
  invariant(
    value.dtype === leaf.dtype &&
      sameShape(value.shape, leaf.shape) &&
      value.data.length === sizeOf(leaf.shape),
    `a leaf of ${leaf.dtype}[${leaf.shape.join(', ')}] is bound to a value of ` +
      `${value.dtype}[${value.shape.join(', ')}]`,
  );
  return value;
}
