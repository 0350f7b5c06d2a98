import type { Tensor } from '../../tensor/index.js';
import { softplusEverywhere } from './activations.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss } from './reduction.js';
import { requireAlike } from './regression-losses.js';

/** Options of `binaryCrossEntropyWithLogits` and `BCEWithLogitsLoss`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** A factor for each loss, broadcast to the shape of the input. Default 1. */
  readonly weight?: Tensor;
  /** A factor p for the losses of positive targets, broadcast as `weight`. Default 1. */
  readonly posWeight?: Tensor;
}

/**
 * The cross-entropy of σ(x) relative to t, of two classes:
 *
 * ℓ = -w [p t ln σ(x) + (1 - t) ln(1 - σ(x))], computed as (1 - t) x + (1 + (p - 1) t) ln(1 + e^-x)
 * without overflow.
 *
 * With p = w = 1 the gradient by x is y - t of equation (2.17), y = σ(x): a canonical pair.
 *
 * @param input Logits of any shape, f32 or f64.
 * @param target Probabilities of the positive class, in the shape and dtype of the input.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError.
 * @equation (2.17)
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight, posWeight, reduction }: BinaryCrossEntropyOptions = {},
): Tensor {
  requireAlike('binaryCrossEntropyWithLogits', input, target);
  const tail = softplusEverywhere(input.neg());
  const scaled = posWeight ? tail.mul(posWeight.sub(1).mul(target).add(1)) : tail;
  const losses = target.neg().add(1).mul(input).add(scaled);
  return reduceLoss(
    'binaryCrossEntropyWithLogits',
    weight ? losses.mul(weight) : losses,
    reduction,
  );
}
