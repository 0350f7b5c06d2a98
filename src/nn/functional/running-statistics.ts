import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError } from '../../engine/core/errors.js';
import type { StateTensor, Tensor } from '../../tensor/index.js';
import { assignAll, noGrad } from '../../tensor/index.js';
import type { NormalizeOptions, Normalized } from './normalize.js';

/** Options of the normalisations that keep running statistics. */
export interface RunningOptions extends NormalizeOptions {
  /**
   * The weight of a new mean or variance in its running average, from 0 to 1; or a scalar tensor,
   * for a weight that changes. Default 0.1.
   */
  readonly momentum?: number | Tensor;
}

/** Throws an ArgumentError unless momentum is a number from 0 to 1 or a scalar tensor. */
export function requireMomentum(op: string, momentum: number | Tensor): void {
  if (typeof momentum !== 'number') {
    if (momentum.rank === 0 && isFloat(momentum.dtype)) return;
    throw new ArgumentError(`${op}: momentum is no scalar of floats; use a number from 0 to 1.`);
  }
  if (momentum >= 0 && momentum <= 1) return;
  throw new ArgumentError(`${op}: momentum is ${momentum}; use a number from 0 to 1.`);
}

/**
 * running ← (1 - momentum) · running + momentum · new, for mean and variance; gradients do not flow
 * there. `found` are statistics of `count` values each, new are their means over samples, the variance
 * with divisor count - 1.
 */
export function updateRunning(
  running: readonly [mean: StateTensor | null, variance: StateTensor | null],
  { mean, variance }: Omit<Normalized, 'y'>,
  count: number,
  momentum: number | Tensor,
): void {
  noGrad(() => {
    const found = [mean, variance.mul(count / (count - 1))];
    const pairs: [StateTensor, Tensor][] = [];
    running.forEach((state, i) => {
      if (!state) return;
      const weight = typeof momentum === 'number' ? momentum : momentum.to(state.dtype);
      const rest = typeof weight === 'number' ? 1 - weight : weight.neg().add(1);
      const next = found[i]!.detach().mean(0).reshape(state.shape);
      pairs.push([state, state.mul(rest).add(next.mul(weight))]);
    });
    assignAll(pairs);
  });
}
