import type { DType } from '../../engine/core/dtype.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, concat, zeros } from '../../tensor/index.js';

/** Keys and values of the positions so far, [N, heads, T, E / heads] each, zeros for those to come. */
export interface KeyValueCache {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** A cache of no positions yet, for sequences of at most `length`. */
export function emptyCache(
  shape: readonly [batch: number, heads: number, length: number, size: number],
  dtype: DType = 'f32',
): KeyValueCache {
  return { keys: zeros([...shape], { dtype }), values: zeros([...shape], { dtype }) };
}

/** The cache with keys and values [N, heads, 1, E / heads] in the place of `position`, i32 []. */
export function extended(
  { keys, values }: KeyValueCache,
  key: Tensor,
  value: Tensor,
  position: Tensor,
): KeyValueCache {
  const none = zeros([1], { dtype: 'i32' });
  const start = concat([none, none, position.reshape([1]), none]);
  return { keys: keys.dynamicUpdate(key, start), values: values.dynamicUpdate(value, start) };
}

/** Whether each of `length` positions is at most `position`, i32 []: bool [length]. */
export function upTo(position: Tensor, length: number): Tensor {
  return arange(length, { dtype: 'i32' }).le(position);
}
