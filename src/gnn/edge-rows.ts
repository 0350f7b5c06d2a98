/**
 * Rows for edges. Layers hold what belongs to edges by target: first the edges into node 0, then those
 * into node 1, …, each in the order given, as the slots of `EdgeIndex.incoming` lie. Then every sum over
 * a node's edges is one over a stretch, and so is every gradient of what is taken from nodes.
 */
import { ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Tensor } from '../tensor/index.js';
import { apply, fromData, segmentGather } from '../tensor/index.js';
import type { EdgeIndex } from './edge-index.js';

/** Of each edge the row of the node where it begins: x [V, …] → [E, …], by target. */
export function fromSources(x: Tensor, edges: EdgeIndex): Tensor {
  const { index, tptr, tperm } = edges.incoming;
  return apply([x, index, tptr, tperm], (b, y, ...slots) =>
    b.slotGather(y, slots as unknown as Parameters<typeof b.slotGather>[1]),
  );
}

/** Of each edge the row of the node where it ends: x [V, …] → [E, …], by target. */
export function fromTargets(x: Tensor, edges: EdgeIndex): Tensor {
  return segmentGather(x, edges.incoming.ptr, edges.numEdges);
}

/** At each node the sum over the edges that begin there: t [E, …], by target → [V, …]. */
export function sumAtSources(t: Tensor, edges: EdgeIndex): Tensor {
  const { index, tptr, tperm } = edges.incoming;
  return apply([t, index, tptr, tperm], (b, y, ...slots) =>
    b.slotSum(y, slots as unknown as Parameters<typeof b.slotSum>[1]),
  );
}

/** Rows in the order in which edges were given, brought into the order by target. */
export function byTarget(t: Tensor, edges: EdgeIndex): Tensor {
  return reordered(t, edges, (order) => [order.slots, order.edges]);
}

/** Rows by target, brought into the order in which edges were given. */
export function asGiven(t: Tensor, edges: EdgeIndex): Tensor {
  return reordered(t, edges, (order) => [order.edges, order.slots]);
}

/** Throws unless `t` has a row for each of the edges. */
export function requireEdgeRows(op: string, name: string, t: Tensor, edges: EdgeIndex): void {
  if (t.rank > 0 && t.shape[0] === edges.numEdges) return;
  throw new ShapeError(
    `${op}: ${name} has shape ${formatShape(t.shape)}, but the graph has ${edges.numEdges} edges; ` +
      'give it a row for each edge.',
  );
}

/** Throws unless `x` has a row for each of the nodes. */
export function requireNodeRows(op: string, name: string, x: Tensor, edges: EdgeIndex): void {
  if (x.rank > 0 && x.shape[0] === edges.numNodes) return;
  throw new ShapeError(
    `${op}: ${name} has shape ${formatShape(x.shape)}, but the graph has ${edges.numNodes} nodes; ` +
      'give it a row for each node.',
  );
}

interface Order {
  /** i32 [E]: the edge in each slot, and the slot of each edge. */
  readonly slots: Tensor;
  readonly edges: Tensor;
  /** 0, 1, …, E. */
  readonly each: Tensor;
}

function reordered(
  t: Tensor,
  edges: EdgeIndex,
  pick: (order: Order) => [wanted: Tensor, back: Tensor],
): Tensor {
  const order = edges.derived('order', () => orderOf(edges));
  if (!order) return t;
  const [wanted, back] = pick(order);
  return apply([t, wanted, order.each, back], (b, y, ...slots) =>
    b.slotGather(y, slots as unknown as Parameters<typeof b.slotGather>[1]),
  );
}

/** Null if the edges were given by target already. */
function orderOf(edges: EdgeIndex): Order | null {
  const slots = edges.incoming.order;
  const numbers = slots.dataSync() as Int32Array;
  if (numbers.every((e, slot) => e === slot)) return null;
  const back = new Int32Array(numbers.length);
  numbers.forEach((e, slot) => (back[e] = slot));
  const each = Int32Array.from({ length: numbers.length + 1 }, (_, i) => i);
  return {
    slots,
    edges: fromData(back, [back.length]),
    each: fromData(each, [each.length]),
  };
}
