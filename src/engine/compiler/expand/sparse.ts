import type { Builder } from '../../graph/builder.js';
import type { GraphNode, OpName } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { gathered, pickedRows, spread } from './picked-rows.js';

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
  if (isOp(node, 'segmentGather')) return gathered(b, x, b.segmentIds(y, node.attrs.size));
  if (isOp(node, 'slotGather')) return gathered(b, x, y);
  if (isOp(node, 'slotSum')) return b.segment('segmentSum', pickedRows(b, x, index), ptr);
  if (isOp(node, 'spmm')) {
    const rows = gathered(b, y, index);
    return b.segment('segmentSum', b.mul(spread(b, x, rows.shape), rows), ptr);
  }
  const ids = b.segmentIds(ptr, index.shape[0]!);
  return b.sum(b.mul(gathered(b, x, ids), gathered(b, y, index)), [1]);
}
