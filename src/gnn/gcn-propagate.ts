import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { spmm } from '../sparse/index.js';
import type { DType, Tensor } from '../tensor/index.js';
import { fromData, ones, segmentSum, where, zerosLike } from '../tensor/index.js';
import { requireValues } from '../tensor/require-range.js';
import type { EdgeIndex } from './edge-index.js';
import { byTarget, requireEdgeRows, requireNodeRows } from './edge-rows.js';

/** Options of `gcnPropagate`. */
export interface GcnPropagateOptions {
  /** Give each node without a loop one. Default true. */
  readonly addSelfLoops?: boolean;
  /** The weight of these loops: 2 if true, else 1. Default false. */
  readonly improved?: boolean;
}

/**
 * Features spread along the edges with symmetric normalisation: y = D̂^(-1/2) Â D̂^(-1/2) x, where Â is
 * the adjacency matrix with loops and D̂ its degrees, d̂_i = Σ_j ê_ji over the edges into i. Node by
 * node y_i = Σ_j ê_ji / √(d̂_j d̂_i) x_j. This is what GCNConv, SGConv and APPNP do; x [V, …], result
 * [V, …]. Several loops at one node count as the last of them. A node of degree 0 gives and gets
 * nothing.
 *
 * @param weight ê [E], at least 0; default ones.
 * @throws ArgumentError for a negative weight; ShapeError where rows do not match.
 * @example
 * const smooth = gcnPropagate(graph.x, graph.edgeIndex); // once, for features that do not change
 */
export function gcnPropagate(
  x: Tensor,
  edges: EdgeIndex,
  weight: Tensor | null = null,
  options: GcnPropagateOptions = {},
): Tensor {
  return normalized('gcnPropagate', edges, weight, x.dtype, options)(x);
}

/**
 * The map of `gcnPropagate`, to be applied several times; `drop` changes the weights of edges, and those
 * of loops.
 */
export function normalized(
  op: string,
  edges: EdgeIndex,
  weight: Tensor | null,
  dtype: DType,
  { addSelfLoops = true, improved = false }: GcnPropagateOptions = {},
): (x: Tensor, drop?: (values: Tensor) => Tensor) => Tensor {
  if (weight) requireWeights(op, weight, edges);
  const { incoming } = edges;
  const loops = addSelfLoops ? loopsOf(edges, improved ? 2 : 1) : null;
  let values = weight ? byTarget(weight, edges) : null;
  if (loops?.kept) {
    const kept = loops.kept.to(dtype);
    values = values ? values.mul(kept) : kept;
  }
  const counted = values ? segmentSum(values, incoming.ptr) : edges.degrees({ dtype });
  const added = loops?.added.to(dtype);
  const degree = added ? counted.add(added) : counted;
  const scale = inverseRoot(degree);
  return (x, drop) => {
    requireNodeRows(op, 'x', x, edges);
    const column = (t: Tensor): Tensor => t.reshape([t.size, ...x.shape.slice(1).map(() => 1)]);
    const scaled = x.mul(column(scale));
    const edge = drop ? drop(values ?? ones([edges.numEdges], { dtype })) : values;
    const loop = added && drop ? drop(added) : added;
    const sums = spmm(incoming, scaled, edge ?? undefined);
    return (loop ? sums.add(scaled.mul(column(loop))) : sums).mul(column(scale));
  };
}

/** d^(-1/2), and 0 where d is 0. */
export function inverseRoot(degree: Tensor): Tensor {
  const some = degree.gt(0);
  return where(some, where(some, degree, 1).rsqrt(), zerosLike(degree));
}

/** Throws unless `weight` is [E] and, as far as it is known, not negative. */
export function requireWeights(op: string, weight: Tensor, edges: EdgeIndex): void {
  if (weight.rank !== 1) {
    throw new ShapeError(
      `${op}: edgeWeight has shape ${formatShape(weight.shape)}; give one number per edge, ` +
        `[${edges.numEdges}].`,
    );
  }
  requireEdgeRows(op, 'edgeWeight', weight, edges);
  requireValues(weight, [], (values) => {
    const e = values.findIndex((w: number) => !(w >= 0));
    if (e < 0) return;
    throw new ArgumentError(
      `${op}: edge ${e} has the weight ${values[e]}, and degrees with such weights have no square ` +
        'root; use weights of at least 0, or GraphConv, which does not normalise.',
    );
  });
}

interface Loops {
  /** f64 [V]: the weight of the loop that is added to each node, 0 where it has one. */
  readonly added: Tensor;
  /** f64 [E], by target: 0 for loops that a later one of the same node replaces, else 1; null if none. */
  readonly kept: Tensor | null;
}

function loopsOf(edges: EdgeIndex, fill: number): Loops {
  return edges.derived(`loops of ${fill}`, () => {
    const added = new Float64Array(edges.numNodes).fill(fill);
    const kept = new Float64Array(edges.numEdges).fill(1);
    const order = edges.incoming.order.dataSync();
    for (let slot = edges.numEdges - 1; slot >= 0; slot--) {
      const [from, to] = [edges.sources[order[slot]!]!, edges.targets[order[slot]!]!];
      if (from !== to) continue;
      if (added[to] === 0) kept[slot] = 0;
      added[to] = 0;
    }
    const all = kept.every((one) => one === 1);
    return {
      added: fromData(added, [added.length]),
      kept: all ? null : fromData(kept, [kept.length]),
    };
  });
}
