import { ArgumentError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { StateTensor, Tensor } from '../../tensor/index.js';
import { batchNorm } from './batch-norm.js';
import {
  axesFrom,
  channelShape,
  channelsOf,
  checkNormalize,
  normalize,
  scaleAndShift,
} from './normalize.js';
import type { RunningOptions } from './running-statistics.js';
import { requireMomentum, updateRunning } from './running-statistics.js';

/** Options of `instanceNorm`. */
export interface InstanceNormFunctionOptions extends RunningOptions {
  /** Normalise with the input's own statistics, and update the running ones. Default true. */
  readonly useInputStats?: boolean;
}

/**
 * As `batchNorm`, but the statistics are those of each channel of each sample, over space alone;
 * the running ones move towards their means over the batch. Ulyanov et al., 2016,
 * arXiv:1607.08022.
 *
 * @param x [N, C, …] with at least one axis of space, f32 or f64; the others have its dtype.
 * @param runningMean [C], or null for none, the default; without it `useInputStats` must be true.
 * @param runningVar [C], or null for none, as `runningMean`.
 * @param weight γ [C], or null for 1.
 * @param bias β [C], or null for 0.
 * @returns The shape of x.
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError if the statistics would be
 *   those of a single value.
 *
 * @example
 * instanceNorm(rand([8, 3, 4, 4])); // 24 images, each normalised
 */
export function instanceNorm(
  x: Tensor,
  runningMean: StateTensor | null = null,
  runningVar: StateTensor | null = null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { useInputStats = true, momentum = 0.1, eps = 1e-5 }: InstanceNormFunctionOptions = {},
): Tensor {
  const channels = channelsOf('instanceNorm', x);
  checkNormalize('instanceNorm', x, eps, [channels], { runningMean, runningVar, weight, bias });
  requireMomentum('instanceNorm', momentum);
  if (!useInputStats) {
    if (runningMean && runningVar)
      return batchNorm(x, runningMean, runningVar, weight, bias, { eps });
    throw new ArgumentError(
      'instanceNorm: without useInputStats there must be a runningMean and a runningVar; give them.',
    );
  }
  const count = x.shape.slice(2).reduce((n, d) => n * d, 1);
  if (count <= 1) {
    throw new ArgumentError(
      `instanceNorm: each channel of a sample needs more than one value, and the input ` +
        `${formatShape(x.shape)} has ${count}; use layerNorm() or larger inputs.`,
    );
  }
  const normalized = normalize(x, axesFrom(x, 2), eps);
  updateRunning([runningMean, runningVar], normalized, count, momentum);
  return scaleAndShift(normalized.y, weight, bias, channelShape(x));
}
