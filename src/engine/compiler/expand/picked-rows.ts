import type { Builder } from '../../graph/builder.js';
import type { GraphNode } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { OPS } from '../../ops/index.js';

/** How far rows are followed into what computes them. */
const MAX_DEPTH = 8;

/**
 * The rows of `x` that `rows`, a vector, names, 0 where it is out of range. A gather wants its operand in
 * memory; where x is computed from rows that are picked already, such as a node's for each of its edges,
 * those are picked here in the new order instead, and x itself is never stored.
 */
export function pickedRows(b: Builder, x: GraphNode, rows: GraphNode): GraphNode {
  if (x.shape[0]! < 2 || !hasPicked(x, MAX_DEPTH)) return gathered(b, x, rows);
  const found = followed(b, x, rows, MAX_DEPTH);
  const [count, size] = [rows.shape[0]!, x.shape[0]!];
  const limit = (value: number): GraphNode =>
    b.broadcastTo(b.constant(value, [], 'i32'), rows.shape);
  const within = b.binary(
    'and',
    b.compare('ge', rows, limit(0)),
    b.compare('lt', rows, limit(size)),
  );
  const column = b.reshape(within, [count, ...x.shape.slice(1).map(() => 1)]);
  return b.where(b.broadcast(column, found.shape), found, b.like(found, 0));
}

/** Whether x is computed, element by element, from rows that an index has picked. */
function hasPicked(x: GraphNode, depth: number): boolean {
  if (isOp(x, 'gather')) return x.attrs.axis === 0 && vectorOf(x.inputs[1]!) !== null;
  const goesOn = depth > 0 && OPS[x.op].family === 'elementwise';
  return goesOn && x.inputs.some((input) => hasPicked(input, depth - 1));
}

/** x with other rows. */
function followed(b: Builder, x: GraphNode, rows: GraphNode, depth: number): GraphNode {
  const shape = [rows.shape[0]!, ...x.shape.slice(1)];
  if (isOp(x, 'constant')) return b.constant(x.attrs.value, shape, x.dtype);
  if (isOp(x, 'gather') && x.attrs.axis === 0) {
    const index = vectorOf(x.inputs[1]!);
    if (index) return gathered(b, x.inputs[0]!, gathered(b, index, rows));
  }
  if (isOp(x, 'broadcast')) {
    const from = x.inputs[0]!;
    // Of what is repeated over other axes there is little, which is gathered as it is.
    if (from.shape[0] === x.shape[0]) return b.broadcast(gathered(b, from, rows), shape);
    return b.broadcast(from, shape);
  }
  if (depth === 0 || OPS[x.op].family !== 'elementwise') return gathered(b, x, rows);
  const inputs = x.inputs.map((input) => followed(b, input, rows, depth - 1));
  return b.node(x.op, inputs, x.attrs, { shape, dtype: x.dtype });
}

/** The vector that `index` repeats over all axes but the first, or null. */
function vectorOf(index: GraphNode): GraphNode | null {
  let node = index;
  while (isOp(node, 'broadcast') || isOp(node, 'reshape')) {
    node = node.inputs[0]!;
    if (node.shape[0] !== index.shape[0]) return null;
  }
  return node.shape.length === 1 ? node : null;
}

/** The rows of `x` that `index`, a vector, names; 0 where it is out of range. */
export function gathered(b: Builder, x: GraphNode, index: GraphNode): GraphNode {
  return b.gather(x, spread(b, index, [index.shape[0]!, ...x.shape.slice(1)]), 0);
}

/** A value for each element of the first axis of `shape`, repeated over the others. */
export function spread(b: Builder, x: GraphNode, shape: readonly number[]): GraphNode {
  const column = shape.map((d, axis) => (axis === 0 ? d : 1));
  return b.broadcast(b.reshape(x, column), shape);
}
