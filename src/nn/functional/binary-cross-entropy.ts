import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { softplusEverywhere } from './activations.js';
import { elementLoss, requireFactor } from './element-loss.js';
import { PROBABILITIES, requireKnown } from './known-values.js';
import type { LossOptions } from './reduction.js';

/** Options of `binaryCrossEntropy` and `BCELoss`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** A factor for each loss, broadcast to the shape of the input. Default 1. */
  readonly weight?: Tensor;
}

/** Options of `binaryCrossEntropyWithLogits` and `BCEWithLogitsLoss`. */
export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** A factor p for the losses of positive targets, broadcast as `weight`. Default 1. */
  readonly posWeight?: Tensor;
}

/**
 * The cross-entropy of a probability x relative to t, of two classes:
 *
 * ℓ = -w [t ln x + (1 - t) ln(1 - x)], both logarithms being at least -100, as in PyTorch.
 *
 * Where there are logits, `binaryCrossEntropyWithLogits` keeps the digits that a probability near 0
 * or 1 has lost. The gradient by x is w (x - t) / max(x (1 - x), 10⁻¹²): large where x is 0 or 1
 * and wrong, but never infinite.
 *
 * @param input Probabilities of the positive class, any shape, f32 or f64.
 * @param target Probabilities in the shape and dtype of the input.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError; ArgumentError for a number outside [0, 1], in the target of a
 *   compiled function when it is called.
 *
 * @example
 * binaryCrossEntropy(tensor([0.5, 0]), tensor([1, 1]), { reduction: 'none' }); // [0.6931, 100]
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  { weight, reduction }: BinaryCrossEntropyOptions = {},
): Tensor {
  const op = 'binaryCrossEntropy';
  if (weight) requireFactor(op, 'weight', weight, input);
  return elementLoss(op, input, target, { reduction, targets: PROBABILITIES }, () => {
    requireKnown(op, 'input', input, PROBABILITIES);
    const losses = ofProbabilities(input, target);
    return weight ? losses.mul(weight) : losses;
  });
}

/** The least x (1 - x) in the divisor of the gradient, which in PyTorch is f32. */
const LEAST_SPREAD = Math.fround(1e-12);

function ofProbabilities(x: Tensor, t: Tensor): Tensor {
  // At the ends the logarithms are constants, and a term of value 0 has PyTorch's gradient there.
  const end = x.mul(x.neg().add(1)).le(LEAST_SPREAD);
  const p = where(end, x.detach(), x);
  const [notT, notP] = [t, p].map((v) => v.neg().add(1));
  const inside = t.mul(leastLog(p)).add(notT!.mul(leastLog(notP!)));
  const gap = where(end, x, 0).sub(where(end, t.detach(), 0));
  const slope = gap.mul(gap).mul(0.5 / LEAST_SPREAD);
  return slope.sub(slope.detach()).sub(inside);
}

function leastLog(p: Tensor): Tensor {
  return p.log().clamp(-100);
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
 * @throws ShapeError, DTypeError; ArgumentError for a target outside [0, 1], in compiled functions
 *   when they are called.
 * @equation (2.17)
 *
 * @example
 * binaryCrossEntropyWithLogits(tensor([0, -1e4]), tensor([1, 0])).item(); // 0.3466
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight, posWeight, reduction }: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  const op = 'binaryCrossEntropyWithLogits';
  if (weight) requireFactor(op, 'weight', weight, input);
  if (posWeight) requireFactor(op, 'posWeight', posWeight, input);
  return elementLoss(op, input, target, { reduction, targets: PROBABILITIES }, () => {
    const tail = softplusEverywhere(input.neg());
    const scaled = posWeight ? tail.mul(posWeight.sub(1).mul(target).add(1)) : tail;
    const losses = target.neg().add(1).mul(input).add(scaled);
    return weight ? losses.mul(weight) : losses;
  });
}
