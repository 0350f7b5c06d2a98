import type { Shape } from '../../core/shape.js';
import type { Builder } from '../../graph/builder.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';

type Composed = 'segmentGather' | 'spmm' | 'sddmm' | 'slotGather' | 'slotSum';

const COMPOSED: ReadonlySet<OpName> = new Set<Composed>([
  'segmentGather',
  'spmm',
  'sddmm',
  'slotGather',
  'slotSum',
]);

export function isSparseOp(node: GraphNode): node is GraphNode<Composed> {
  return COMPOSED.has(node.op);
}

/**
 * Writes out what is a primitive only for its gradient: a product with a sparse matrix is a sum over
 * segments of rows picked by an index, which fuses, so that no array with a row for each of the
 * matrix's slots is ever stored.
 */
export function expandSparse(b: Builder, node: GraphNode<Composed>): GraphNode {
  const [x, y, ptr, index] = node.inputs as [GraphNode, GraphNode, GraphNode, GraphNode];
  if (isOp(node, 'segmentGather')) return rowsAt(b, x, b.segmentIds(y, node.attrs.size));
  if (isOp(node, 'slotGather')) return rowsAt(b, x, y);
  if (isOp(node, 'slotSum')) return b.segment('segmentSum', rowsAt(b, x, index), ptr);
  if (isOp(node, 'spmm')) {
    const rows = rowsAt(b, y, index);
    return b.segment('segmentSum', b.mul(spread(b, x, rows.shape), rows), ptr);
  }
  const ids = b.segmentIds(ptr, index.shape[0]!);
  return b.sum(b.mul(rowsAt(b, x, ids), rowsAt(b, y, index)), [1]);
}

/** The rows of `x` that `index`, a vector, names; 0 where it is out of range. */
function rowsAt(b: Builder, x: GraphNode, index: GraphNode): GraphNode {
  return b.gather(x, spread(b, index, [index.shape[0]!, ...x.shape.slice(1)]), 0);
}

/** A value for each element of the first axis of `shape`, repeated over the others. */
function spread(b: Builder, x: GraphNode, shape: Shape): GraphNode {
  const column = shape.map((d, axis) => (axis === 0 ? d : 1));
  return b.broadcast(b.reshape(x, column), shape);
}
