import { ArgumentError } from '../engine/core/errors.js';
import type { Tensor } from '../tensor/index.js';
import { concat, segmentMax, segmentMean, segmentSum, where, zerosLike } from '../tensor/index.js';
import { segmentSoftmax } from './segment-softmax.js';

/**
 * How the messages of a node's edges become one: `sum` (also called `add`), `mean`, `max`, and
 * `softmax`: Σ softmax(m) · m, feature by feature, between mean and maximum. A node without edges gets
 * zeros.
 */
export type Aggregation = 'sum' | 'add' | 'mean' | 'max' | 'softmax';

type Reduce = (messages: Tensor, ptr: Tensor) => Tensor;

const REDUCTIONS: Record<Aggregation, Reduce> = {
  sum: segmentSum,
  add: segmentSum,
  mean: segmentMean,
  max: maxOrZero,
  softmax: (messages, ptr) => segmentSum(segmentSoftmax(messages, ptr).mul(messages), ptr),
};

/**
 * Messages [E, …], by target, made one for each node, by one reduction or by several, which come side
 * by side on axis 1.
 */
export function aggregated(
  messages: Tensor,
  ptr: Tensor,
  by: Aggregation | readonly Aggregation[],
): Tensor {
  if (typeof by === 'string') return REDUCTIONS[by](messages, ptr);
  return concat(
    by.map((one) => REDUCTIONS[one](messages, ptr)),
    1,
  );
}

/** Throws an ArgumentError unless `by` names reductions. */
export function requireAggregation(op: string, by: Aggregation | readonly Aggregation[]): void {
  const names = typeof by === 'string' ? [by] : by;
  const unknown = names.find((name) => !Object.hasOwn(REDUCTIONS, name));
  if (names.length > 0 && unknown === undefined) return;
  throw new ArgumentError(
    `${op}: aggr is ${unknown === undefined ? 'empty' : `'${unknown}'`}; use ` +
      `${Object.keys(REDUCTIONS).join(', ')}, or a list of them.`,
  );
}

/** The maximum of each segment, and 0 of an empty one. */
export function maxOrZero(x: Tensor, ptr: Tensor): Tensor {
  const most = segmentMax(x, ptr);
  const count = most.shape[0]!;
  const lengths = ptr.at({ start: 1 }).sub(ptr.at({ stop: count }));
  const filled = lengths.gt(0).reshape([count, ...most.shape.slice(1).map(() => 1)]);
  return where(filled, most, zerosLike(most));
}
