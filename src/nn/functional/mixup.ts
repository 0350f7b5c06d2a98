import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { rand, requireRange } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import { symmetricBeta } from './symmetric-beta.js';

/** Options of `mixup`. */
export interface MixupOptions {
  /** α of Beta(α, α), > 0; the smaller, the closer λ is to 0 or 1. Default 1, which is uniform. */
  readonly alpha?: number;
  /** C, for targets that are class numbers. */
  readonly numClasses?: number;
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** What `mixup` makes of a batch. */
export interface Mixed {
  /** In the shape of the samples. */
  readonly x: Tensor;
  /** Probabilities [N, C] of class numbers, otherwise in the shape of the targets. */
  readonly y: Tensor;
  /** The share of each sample that is its own, a scalar. */
  readonly lambda: Tensor;
}

/**
 * Mixes each sample of a batch, and its target, with another one of the batch:
 *
 * x̃_i = λ x_i + (1 - λ) x_j, ỹ_i = λ y_i + (1 - λ) y_j,
 *
 * λ from Beta(α, α) being one number for the batch, and j a permutation of i. Class numbers become
 * probabilities, which `crossEntropy` takes. In a compiled function λ and j are drawn at each run.
 * Zhang et al., 2018, arXiv:1710.09412.
 *
 * @param x Samples [N, …], f32 or f64.
 * @param y Class numbers [N], i32 or u8, or targets [N, …], f32 or f64.
 * @throws ArgumentError for an α that is not above 0, or class numbers without `numClasses`;
 *   ShapeError or DTypeError where x and y do not fit; IndexError for a class out of range.
 *
 * @example
 * const x = rand([4, 8]);
 * const classes = tensor([0, 2, 1, 2], { dtype: 'i32' });
 * mixup(x, classes, { alpha: 0.2, numClasses: 3 }).y; // [4, 3], each row with sum 1
 */
export function mixup(
  x: Tensor,
  y: Tensor,
  { alpha = 1, numClasses, generator }: MixupOptions = {},
): Mixed {
  check(x, y, alpha, numClasses);
  const target = isFloat(y.dtype) ? y : y.int().oneHot(numClasses!, { dtype: x.dtype });
  const source = generator ? { generator } : {};
  const lambda = symmetricBeta(alpha, [], { ...source, dtype: x.dtype });
  const partner = rand([x.shape[0]!], source).argsort(0);
  const mix = (own: Tensor): Tensor => {
    const other = own.indexSelect(0, partner);
    return other.add(own.sub(other).mul(lambda.to(own.dtype)));
  };
  return { x: mix(x), y: mix(target), lambda };
}

function check(x: Tensor, y: Tensor, alpha: number, numClasses: number | undefined): void {
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new ArgumentError(`mixup: alpha is ${alpha}; use a number above 0, such as 0.2.`);
  }
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`mixup: x is ${x.dtype}; use f32 or f64, as with float().`);
  }
  if (x.rank === 0 || y.rank === 0 || x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `mixup: x is ${formatShape(x.shape)} and y ${formatShape(y.shape)}; give samples [N, …] and ` +
        'as many targets [N] or [N, …].',
    );
  }
  if (isFloat(y.dtype)) return;
  if (y.dtype === 'bool') {
    throw new DTypeError('mixup: y is bool; use class numbers in i32, or probabilities.');
  }
  if (y.rank > 1) {
    throw new ShapeError(
      `mixup: class numbers y are ${formatShape(y.shape)}; give [N], or probabilities in f32.`,
    );
  }
  if (numClasses === undefined) {
    throw new ArgumentError('mixup: y holds class numbers; pass numClasses, how many there are.');
  }
  requireCount('mixup', 'numClasses', numClasses);
  const message = (value: number): string =>
    `mixup: y has class ${value}, and numClasses is ${numClasses}; use 0…${numClasses - 1}.`;
  requireRange(y, 0, numClasses, message);
}
