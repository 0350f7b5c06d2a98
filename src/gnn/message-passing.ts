import { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Aggregation } from './aggregate.js';
import { aggregated, requireAggregation } from './aggregate.js';
import type { EdgeIndex } from './edge-index.js';
import {
  byTarget,
  fromSources,
  fromTargets,
  requireEdgeRows,
  requireNodeRows,
} from './edge-rows.js';

/** Tensors by name: of nodes, [V, …], or of edges, [E, …]. */
export type Named = Readonly<Record<string, Tensor>>;

/** Options of `MessagePassing`. */
export interface MessagePassingOptions {
  /** How messages become one: a reduction or several, side by side. Default 'sum'. */
  readonly aggr?: Aggregation | readonly Aggregation[];
}

/**
 * A layer on a graph: x'_i = update(⊕_{j → i} message(x_j, x_i, e_ji), x_i), where ⊕ is a reduction
 * over the edges into node i. A subclass says what a message is, and calls `propagate` in its
 * `forward`; `message` and `update` are recorded once, for all edges and nodes. Messages made element by
 * element are computed within the sum and not stored; a layer such as Linear within `message` stores its
 * operands, a row for each edge. Gilmer et al., 2017, arXiv:1704.01212.
 *
 * @typeParam N The tensors of nodes that `propagate` is given, by name. Default `{ x }`.
 * @typeParam E Those of edges. Default `{ weight }`.
 *
 * @example
 * class EdgeConv extends MessagePassing {
 *   readonly linear: Linear;
 *   constructor(inChannels: number, outChannels: number) {
 *     super({ aggr: 'max' });
 *     this.linear = new Linear(2 * inChannels, outChannels);
 *   }
 *   forward(x: Tensor, edges: EdgeIndex) {
 *     return this.propagate(edges, { x });
 *   }
 *   override message(j: { x: Tensor }, i: { x: Tensor }) {
 *     return this.linear.forward(concat([i.x, j.x.sub(i.x)], 1)).relu();
 *   }
 * }
 */
export abstract class MessagePassing<
  N extends Named = { readonly x: Tensor },
  E extends Named = { readonly weight: Tensor },
> extends Module {
  readonly aggr: Aggregation | readonly Aggregation[];

  /** @throws ArgumentError for a reduction that is not known. */
  constructor({ aggr = 'sum' }: MessagePassingOptions = {}) {
    super();
    requireAggregation(new.target.name, aggr);
    this.aggr = aggr;
  }

  /**
   * The messages of all edges, [E, …]. Rows of what belongs to edges lie by target.
   *
   * @param j Of each edge the rows of the node where it begins, [E, …].
   * @param _i Of each edge the rows of the node where it ends, [E, …].
   * @param _e The tensors of the edges, [E, …].
   * @param _ptr i32 [V + 1]: node v has the edges ptr[v] to ptr[v + 1] - 1, as `segmentSoftmax` wants.
   * @returns Default: `j.x`.
   */
  message(j: N, _i: N, _e: E, _ptr: Tensor): Tensor {
    return (j as unknown as { readonly x: Tensor }).x;
  }

  /** The messages [E, …] made one for each node; default: what `aggr` says. */
  aggregate(messages: Tensor, ptr: Tensor): Tensor {
    return aggregated(messages, ptr, this.aggr);
  }

  /** What becomes of the nodes; default: the messages that have been made one. */
  update(messages: Tensor, _nodes: N): Tensor {
    return messages;
  }

  /**
   * Sends messages along all edges.
   *
   * @param nodes Tensors with a row for each node, [V, …].
   * @param along Tensors with a row for each edge, [E, …], in the order of the edges.
   * @throws ShapeError where rows do not match.
   */
  propagate(edges: EdgeIndex, nodes: N, along: E = {} as E): Tensor {
    const op = this.constructor.name;
    for (const [name, t] of Object.entries(nodes)) requireNodeRows(op, name, t, edges);
    for (const [name, t] of Object.entries(along)) requireEdgeRows(op, name, t, edges);
    const { ptr } = edges.incoming;
    const j = mapped(nodes, (t) => fromSources(t, edges));
    const i = mapped(nodes, (t) => fromTargets(t, edges));
    const e = mapped(along, (t) => byTarget(t, edges));
    return this.update(this.aggregate(this.message(j, i, e, ptr), ptr), nodes);
  }
}

/** Nothing is computed of what is not used. */
function mapped<T extends Named>(tensors: T, f: (t: Tensor) => Tensor): T {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => [name, f(t)]),
  ) as unknown as T;
}
