import { ArgumentError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { StateTensor, Tensor } from '../../tensor/index.js';
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

/** Options of `batchNorm`. */
export interface BatchNormFunctionOptions extends RunningOptions {
  /** Normalise with the batch's own statistics, and update the running ones. Default false. */
  readonly training?: boolean;
}

/**
 * Each channel, over batch and space, to mean 0 and variance 1, then scaled and shifted:
 *
 * y = (x - E[x]) / √(Var[x] + ε) · γ + β.
 *
 * In training E and Var are those of the batch, with divisor n, and the running ones move towards
 * them: the mean, and the variance with divisor n - 1, as in PyTorch. Otherwise the running ones
 * are used. Ioffe and Szegedy, 2015, arXiv:1502.03167.
 *
 * @param x [N, C, …], f32 or f64; the others have its dtype.
 * @param runningMean [C], or null for none; then `training` must be true.
 * @param runningVar [C], or null for none, as `runningMean`.
 * @param weight γ [C], or null for 1.
 * @param bias β [C], or null for 0.
 * @returns The shape of x.
 * @throws ShapeError or DTypeError where they do not fit; ArgumentError in training if a channel has
 *   only one value, whose variance says nothing.
 *
 * @example
 * const x = rand([8, 3, 4, 4]);
 * batchNorm(x, null, null, null, null, { training: true }); // each of 3 channels normalised
 */
export function batchNorm(
  x: Tensor,
  runningMean: StateTensor | null,
  runningVar: StateTensor | null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { training = false, momentum = 0.1, eps = 1e-5 }: BatchNormFunctionOptions = {},
): Tensor {
  const channels = channelsOf('batchNorm', x);
  const vectors = { runningMean, runningVar, weight, bias };
  checkNormalize('batchNorm', x, eps, [channels], vectors);
  requireMomentum('batchNorm', momentum);
  const shape = channelShape(x);
  if (!training) {
    if (!runningMean || !runningVar) {
      throw new ArgumentError(
        'batchNorm: outside training there must be a runningMean and a runningVar; give them, or ' +
          'training: true to use the statistics of the batch.',
      );
    }
    const scale = runningVar.add(eps).rsqrt();
    const y = x.sub(runningMean.reshape(shape)).mul(scale.reshape(shape));
    return scaleAndShift(y, weight, bias, shape);
  }
  const count = x.size / Math.max(1, channels);
  if (count <= 1) {
    throw new ArgumentError(
      `batchNorm: in training each channel needs more than one value, and the input ` +
        `${formatShape(x.shape)} has ${count}; use larger batches, or eval().`,
    );
  }
  const normalized = normalize(x, [0, ...axesFrom(x, 2)], eps);
  updateRunning([runningMean, runningVar], normalized, count, momentum);
  return scaleAndShift(normalized.y, weight, bias, shape);
}
