import { spmm } from '../sparse/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Aggregation } from './aggregate.js';
import { aggregated } from './aggregate.js';
import type { EdgeIndex } from './edge-index.js';
import { byTarget, fromSources, requireEdgeRows, requireNodeRows } from './edge-rows.js';

/** y_i = ⊕_j w_ji x_j over the edges into i; x [V, F], weights [E] (default ones), result [V, F]. */
export function weightedSum(
  op: string,
  x: Tensor,
  edges: EdgeIndex,
  weight: Tensor | null,
  by: Aggregation | readonly Aggregation[] = 'sum',
): Tensor {
  requireNodeRows(op, 'x', x, edges);
  if (weight) requireEdgeRows(op, 'edgeWeight', weight, edges);
  const values = weight && byTarget(weight, edges);
  if (by === 'sum' || by === 'add') return spmm(edges.incoming, x, values ?? undefined);
  const { ptr } = edges.incoming;
  const rows = fromSources(x, edges);
  const messages = values ? rows.mul(values.reshape([values.size, 1])) : rows;
  return aggregated(messages, ptr, by);
}
