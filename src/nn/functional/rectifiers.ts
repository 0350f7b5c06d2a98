/** Activations that are linear on either side of 0. */
import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { hardtanh } from './hard-activations.js';
import { channelShape } from './normalize.js';

/** Options of `leakyRelu` and `LeakyReLU`. */
export interface LeakyReLUOptions {
  /** The slope below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

/**
 * max(x, 0), in [0, ∞); derivative 0 below 0 and at 0, 1 above.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * relu(tensor([-2, 0, 3])); // [0, 0, 3]
 */
export function relu(x: Tensor): Tensor {
  return x.relu();
}

/**
 * min(max(x, 0), 6), in [0, 6]; derivative 1 inside, 0 outside and at both limits. Krizhevsky, 2010:
 * Convolutional deep belief networks on CIFAR-10.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * relu6(tensor([-2, 3, 8])); // [0, 3, 6]
 */
export function relu6(x: Tensor): Tensor {
  return hardtanh(x, { minVal: 0, maxVal: 6 });
}

/**
 * x above 0, `negativeSlope` · x below; the derivative at 0 is the slope below. Maas et al., 2013:
 * Rectifier nonlinearities improve neural network acoustic models.
 *
 * @param x Of any shape.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * leakyRelu(tensor([-2, 0, 3])); // [-0.02, 0, 3]
 */
export function leakyRelu(x: Tensor, { negativeSlope = 0.01 }: LeakyReLUOptions = {}): Tensor {
  return where(x.gt(0), x, x.mul(negativeSlope));
}

/**
 * x above 0, w x below, with a trained slope w for all values or for each channel. The derivatives at
 * 0 are w by x, and 0 by w. He et al., 2015, arXiv:1502.01852.
 *
 * @param x Of any shape; [N, C, …] where there are C slopes. f32 or f64.
 * @param weight The slope below 0, [1] or [C], in the dtype of x.
 * @returns The shape of x.
 * @throws ShapeError or DTypeError where the weight does not fit.
 * @equation (2.16)
 *
 * @example
 * prelu(tensor([[-2, -2]]), tensor([0.5, 0.25])); // [[-1, -0.5]]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  const isOne = weight.size === 1 && weight.rank <= 1;
  if (!isOne && (weight.rank !== 1 || x.rank < 2 || x.shape[1] !== weight.size)) {
    throw new ShapeError(
      `prelu: weight is ${formatShape(weight.shape)}, input is ${formatShape(x.shape)}; give a weight ` +
        '[1], or [C] for an input [N, C, …].',
    );
  }
  if (!isFloat(x.dtype) || weight.dtype !== x.dtype) {
    throw new DTypeError(
      `prelu: input is ${x.dtype}, weight is ${weight.dtype}; both must be f32, or both f64.`,
    );
  }
  const slope = weight.reshape(isOne ? [] : channelShape(x));
  const positive = x.gt(0);
  // Masked before the product: an infinity above 0 may not become NaN in the gradient of the weight.
  return where(positive, x, slope.mul(where(positive, 0, x)));
}
