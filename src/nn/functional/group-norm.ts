import { ArgumentError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import type { NormalizeOptions } from './normalize.js';
import { channelShape, channelsOf, checkNormalize, normalize, scaleAndShift } from './normalize.js';

/**
 * The channels of each sample in groups of C / numGroups neighbours, each group, with its space, to
 * mean 0 and variance 1; then each channel scaled and shifted. Wu and He, 2018, arXiv:1803.08494.
 *
 * @param x [N, C, …], f32 or f64.
 * @param numGroups A divisor of C.
 * @param weight γ [C], or null for 1.
 * @param bias β [C], or null for 0.
 * @returns The shape of x.
 * @throws ArgumentError unless numGroups divides C; ShapeError or DTypeError where they do not fit.
 *
 * @example
 * groupNorm(rand([8, 6, 4, 4]), 3); // pairs of channels
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { eps = 1e-5 }: NormalizeOptions = {},
): Tensor {
  const channels = channelsOf('groupNorm', x);
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw new ArgumentError(
      `groupNorm: numGroups is ${numGroups}, and the input ${formatShape(x.shape)} has ` +
        `${channels} channels; use a divisor of that.`,
    );
  }
  checkNormalize('groupNorm', x, eps, [channels], { weight, bias });
  const size = x.shape.slice(2).reduce((n, d) => n * d, channels / numGroups);
  const { y } = normalize(x.reshape([x.shape[0]!, numGroups, size]), [2], eps);
  return scaleAndShift(y.reshape(x.shape), weight, bias, channelShape(x));
}
