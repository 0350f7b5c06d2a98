import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { elementLoss } from './element-loss.js';
import { NOT_NEGATIVE, requireKnown } from './known-values.js';
import type { LossOptions } from './reduction.js';

/** Options of `poissonNllLoss` and `PoissonNLLLoss`. */
export interface PoissonNllLossOptions extends LossOptions {
  /** The input is ln λ, so that any number will do; otherwise λ. Default true. */
  readonly logInput?: boolean;
  /** Adds ln t! for t > 1, by Stirling's formula: constant for the model. Default false. */
  readonly full?: boolean;
  /** ε > 0 in ln(λ + ε), without `logInput`. Default 1e-8. */
  readonly eps?: number;
}

/**
 * The negative log-likelihood of counts t from a Poisson distribution with expectation λ, less a
 * constant: ℓ = λ - t ln λ. With `logInput` ℓ = e^x - t x, otherwise x - t ln(x + ε); with `full`
 * t ln t - t + ½ ln 2πt is added for t > 1.
 *
 * @param input ln λ, or λ; any shape, f32 or f64.
 * @param target Counts, in the shape and dtype of the input.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError, ArgumentError for ε ≤ 0; for a negative target or λ, in the target
 *   of a compiled function when it is called.
 *
 * @example
 * poissonNllLoss(tensor([0, 1]), tensor([2, 3]), { reduction: 'none' }); // [1, -0.2817]
 */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  { logInput = true, full = false, eps = 1e-8, reduction }: PoissonNllLossOptions = {},
): Tensor {
  const op = 'poissonNllLoss';
  requireOption(op, 'eps', eps, eps > 0, 'a number above 0');
  return elementLoss(op, input, target, { reduction, targets: NOT_NEGATIVE }, () => {
    if (!logInput) requireKnown(op, 'input', input, NOT_NEGATIVE);
    const losses = logInput
      ? input.exp().sub(target.mul(input))
      : input.sub(target.mul(input.add(eps).log()));
    return full ? losses.add(stirling(target)) : losses;
  });
}

/** About ln t! for t > 1, otherwise 0. */
function stirling(target: Tensor): Tensor {
  const t = where(target.gt(1), target, 1);
  const log = t.log();
  const about = t
    .mul(log)
    .sub(t)
    .add(log.add(Math.log(2 * Math.PI)).mul(0.5));
  return where(target.gt(1), about, 0);
}
