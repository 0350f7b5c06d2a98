import type { Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import { drop } from './drop.js';
import type { DropoutOptions } from './dropout.js';
import { checkLinear, linear } from './linear.js';

/** Options of `dropConnect`. */
export interface DropConnectOptions extends DropoutOptions {
  /**
   * Drop other weights for each sample, as the paper does, which takes the memory of a weight for
   * each. Default false: one mask for the batch.
   */
  readonly perSample?: boolean;
}

/**
 * `linear`, in which each weight and each bias is 0 with probability p and else w / (1 - p), so that
 * the mean of the output stays. In evaluation, without `training`, all weights take part as they
 * are; the paper draws outputs from a normal distribution then. Wan et al., 2013.
 *
 * @param x [*, in].
 * @param weight [out, in], of the dtype of x.
 * @param bias [out], or null for none.
 * @returns [*, out].
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError unless 0 ≤ p ≤ 1.
 *
 * @example
 * dropConnect(ones([4, 3]), ones([2, 3]), null, { p: 0.5 }); // each of 4 rows: the same 0, 2, 4 or 6
 */
export function dropConnect(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  { p = 0.5, training = true, perSample = false, generator }: DropConnectOptions = {},
): Tensor {
  requireProbability('dropConnect', p);
  checkLinear('dropConnect', x, weight, bias);
  if (!training || p === 0) return linear(x, weight, bias);
  const samples = perSample ? x.shape.slice(0, -1) : [];
  const w = drop(weight, [...samples, ...weight.shape], p, generator);
  const b = bias && drop(bias, [...samples, ...bias.shape], p, generator);
  if (!perSample || p === 1) return linear(x, w, b);
  const y = w.matmul(x.unsqueeze(-1)).squeeze(-1);
  return b ? y.add(b) : y;
}
