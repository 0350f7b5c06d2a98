import type { Tensor } from '../tensor/index.js';
import { segmentGather, segmentMax, segmentSum } from '../tensor/index.js';

/**
 * The softmax within each segment of the first axis: y[e] = exp(x[e] - m) / Σ exp(x[e'] - m) over the
 * elements e' of e's segment, with m its maximum. x is a float [E, …], ptr i32 [V + 1] as for
 * `segmentSum`; the result is [E, …]. Throws as that does.
 *
 * @example
 * const x = tensor([0, 0, 5]);
 * segmentSoftmax(x, tensor([0, 2, 3]).int()); // [0.5, 0.5, 1]
 */
export function segmentSoftmax(x: Tensor, ptr: Tensor): Tensor {
  const count = x.shape[0] ?? 0;
  // Any shift gives the same; the gradient need not go through this one.
  const shift = segmentGather(segmentMax(x.detach(), ptr), ptr, count);
  const exp = x.sub(shift).exp();
  return exp.div(segmentGather(segmentSum(exp, ptr), ptr, count));
}
