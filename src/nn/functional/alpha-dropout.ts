import { ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { where, zerosLike } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import { keepMask } from './drop.js';
import type { DropoutOptions } from './dropout.js';

/** Options of `alphaDropout` and `featureAlphaDropout`. */
export interface AlphaDropoutOptions extends Omit<DropoutOptions, 'training'> {
  /** If false the result is x. Default false, as in PyTorch; `dropout` has true. */
  readonly training?: boolean;
}

/** α′, the limit of SELU at -∞: minus its scale times its α. */
const LIMIT = -1.7580993408473766;

/**
 * Dropout that goes with SELU: with probability p an element becomes α′ = -1.7581, SELU's limit at
 * -∞, and then a · x + b of all keeps mean 0 and variance 1 what they are:
 *
 * a = ((1 - p) (1 + p α′²))^-½, b = -a p α′.
 *
 * With p = 1 the result is 0, as in PyTorch. Klambauer et al., 2017, arXiv:1706.02515.
 *
 * @param x Any shape, f32 or f64.
 * @returns The shape of x.
 * @throws ArgumentError unless 0 ≤ p ≤ 1.
 *
 * @example
 * alphaDropout(randn([1000]), { p: 0.1, training: true }); // mean 0 and variance 1 still
 */
export function alphaDropout(x: Tensor, options: AlphaDropoutOptions = {}): Tensor {
  return dropToLimit('alphaDropout', x, x.shape, options);
}

/**
 * As `alphaDropout`, but whole channels at once.
 *
 * @param x [N, C, …], f32 or f64.
 * @returns The shape of x.
 * @throws ShapeError if x has fewer than two axes; ArgumentError unless 0 ≤ p ≤ 1.
 */
export function featureAlphaDropout(x: Tensor, options: AlphaDropoutOptions = {}): Tensor {
  if (x.rank < 2) {
    throw new ShapeError(
      `featureAlphaDropout: input is ${formatShape(x.shape)}; give one [N, C, …], or use ` +
        'alphaDropout().',
    );
  }
  const mask = x.shape.map((d, axis) => (axis < 2 ? d : 1));
  return dropToLimit('featureAlphaDropout', x, mask, options);
}

function dropToLimit(
  op: string,
  x: Tensor,
  maskShape: Shape,
  { p = 0.5, training = false, generator }: AlphaDropoutOptions,
): Tensor {
  requireProbability(op, p);
  if (!training || p === 0) return x;
  if (p === 1) return zerosLike(x);
  const a = 1 / Math.sqrt((1 - p) * (1 + p * LIMIT * LIMIT));
  const b = -a * p * LIMIT;
  return where(keepMask(maskShape, p, generator), x.mul(a).add(b), a * LIMIT + b);
}
