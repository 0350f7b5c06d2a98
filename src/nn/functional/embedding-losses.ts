import { ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { requireAlike } from './element-loss.js';
import { SIGNS, requireKnown } from './known-values.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** Options of `cosineEmbeddingLoss` and `CosineEmbeddingLoss`. */
export interface CosineEmbeddingLossOptions extends LossOptions {
  /** The cosine that unlike samples may have, from -1 to 1. Default 0. */
  readonly margin?: number;
}

/** Options of `tripletMarginLoss` and `TripletMarginLoss`. */
export interface TripletMarginLossOptions extends LossOptions {
  /** How much farther the negative sample is to be, above 0. Default 1. */
  readonly margin?: number;
  /** The exponent of the norm, above 0, or Infinity. Default 2. */
  readonly p?: number;
  /** Added to each difference, which keeps the norm away from its kink. Default 1e-6. */
  readonly eps?: number;
  /** Counts the distance from positive to negative, where that is the smaller. Default false. */
  readonly swap?: boolean;
}

/** Added to squared lengths, as in PyTorch: the cosine of a zero vector is 0. */
const SQUARE_EPS = 1e-12;

/**
 * Asks embeddings of like samples to point the same way, and of others not to: ℓ = 1 - cos(x, y)
 * for t = 1, max(0, cos(x, y) - m) for t = -1. The cosine with a vector of zeros is 0.
 *
 * @param input x, [N, D] or [D]; f32 or f64.
 * @param other y, in the shape and dtype of x.
 * @param target 1 or -1, [N] or [], of any dtype.
 * @returns A scalar, or with reduction 'none' the shape of the target.
 * @throws ShapeError, DTypeError, ArgumentError for a margin that is no cosine; for a target that is
 *   neither -1 nor 1, in compiled functions when they are called.
 *
 * @example
 * const [x, y] = [tensor([[1, 0], [0, 2]]), tensor([[3, 0], [1, 1]])];
 * cosineEmbeddingLoss(x, y, tensor([1, -1]), { reduction: 'none' }); // [0, 0.7071]
 */
export function cosineEmbeddingLoss(
  input: Tensor,
  other: Tensor,
  target: Tensor,
  { margin = 0, reduction }: CosineEmbeddingLossOptions = {},
): Tensor {
  const op = 'cosineEmbeddingLoss';
  requireReduction(op, reduction);
  requireOption(op, 'margin', margin, margin >= -1 && margin <= 1, 'a number from -1 to 1');
  requireAlike(op, { input, other });
  requireEmbeddings(op, 'input', input);
  if (!sameShape(target.shape, input.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: input [N, D] = ${formatShape(input.shape)} takes a target of shape ` +
        `${formatShape(input.shape.slice(0, -1))}, not ${formatShape(target.shape)}.`,
    );
  }
  requireKnown(op, 'target', target, SIGNS);
  const square = (x: Tensor): Tensor => x.mul(x).sum(-1).add(SQUARE_EPS);
  const lengths = square(input).sqrt().mul(square(other).sqrt());
  const cosine = input.mul(other).sum(-1).div(lengths);
  const losses = where(target.gt(0), cosine.neg().add(1), cosine.sub(margin).relu());
  return reduceLoss(losses, reduction);
}

/**
 * Asks an anchor to be nearer to a sample of its kind than to another, by a margin:
 * ℓ = max(0, d(a, p) - d(a, n) + m), with d(x, y) = ‖x - y + ε‖_p over the last axis. The gradient
 * at the kink is 0. Schroff et al., 2015, arXiv:1503.03832; swap: Balntas et al., 2016,
 * doi:10.5244/C.30.119.
 *
 * @param anchor a, [N, D] or [D]; f32 or f64.
 * @param positive Of its kind, in the shape and dtype of the anchor.
 * @param negative Of another kind, in the shape and dtype of the anchor.
 * @returns A scalar, or with reduction 'none' the shape [N] or [].
 * @throws ShapeError, DTypeError, ArgumentError for an option.
 *
 * @example
 * const [a, p, n] = [tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 2]])];
 * tripletMarginLoss(a, p, n).item(); // 5 - 2 + 1 = 4
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { margin = 1, p = 2, eps = 1e-6, swap = false, reduction }: TripletMarginLossOptions = {},
): Tensor {
  const op = 'tripletMarginLoss';
  requireReduction(op, reduction);
  requireOption(op, 'margin', margin, margin > 0 && margin < Infinity, 'a number above 0');
  requireOption(op, 'p', p, p > 0, 'a number above 0, or Infinity');
  requireOption(op, 'eps', eps, eps >= 0 && eps < Infinity, 'a number of at least 0');
  requireEmbeddings(op, 'anchor', anchor);
  requireAlike(op, { anchor, positive });
  requireAlike(op, { anchor, negative });
  const distance = (x: Tensor, y: Tensor): Tensor => x.sub(y).add(eps).norm(-1, { p });
  const near = distance(anchor, positive);
  let far = distance(anchor, negative);
  if (swap) far = far.minimum(distance(positive, negative));
  return reduceLoss(near.sub(far).add(margin).relu(), reduction);
}

function requireEmbeddings(op: string, name: string, x: Tensor): void {
  if (x.rank === 1 || x.rank === 2) return;
  throw new ShapeError(`${op}: ${name} is ${formatShape(x.shape)}; give [N, D] or [D].`);
}
