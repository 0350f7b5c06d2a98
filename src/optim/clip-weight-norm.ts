import { ArgumentError } from '../engine/core/errors.js';
import { normalizeAxis } from '../engine/core/shape.js';
import type { StateTensor } from '../tensor/index.js';
import { assignAll, noGrad } from '../tensor/index.js';

/** Options of `clipWeightNorm`. */
export interface ClipWeightOptions {
  /** The axis of the units, each with a norm over all other axes. Default 0: weights [out, in, …]. */
  readonly axis?: number;
  /** The exponent p of the norm, or Infinity. Default 2. */
  readonly normType?: number;
}

/**
 * The max-norm constraint, after a step: where the weights that come into a unit have a norm above
 * maxNorm, they are scaled by maxNorm / (‖w_j‖ + 1e-7), as PyTorch's `renorm` does. Srivastava et
 * al., 2014, who combine it with dropout.
 *
 * @param params Parameters, changed in place; those with fewer than two axes, such as biases, stay.
 * @param maxNorm The largest norm that stays as it is, > 0; 2 to 4 are usual.
 * @throws ArgumentError if maxNorm or normType is not above 0, or no parameter has two axes;
 *   ShapeError for an axis that one of them does not have.
 *
 * @example
 * const w = new Parameter(tensor([[3, 4], [0, 1]]));
 * clipWeightNorm([w], 2);
 * w.array(); // [[1.2, 1.6], [0, 1]]
 */
export function clipWeightNorm(
  params: Iterable<StateTensor>,
  maxNorm: number,
  { axis = 0, normType = 2 }: ClipWeightOptions = {},
): void {
  requirePositive('maxNorm', maxNorm);
  requirePositive('normType', normType);
  const weights = [...params].filter((w) => w.rank > 1);
  if (weights.length === 0) {
    throw new ArgumentError(
      'clipWeightNorm: no parameter has two axes; pass weights [out, in, …] of model.parameters().',
    );
  }
  const clipped = noGrad(() =>
    weights.map((w) => {
      const own = normalizeAxis('clipWeightNorm', axis, w.rank);
      const others = w.shape.map((_, i) => i).filter((i) => i !== own);
      const norm = w.norm(others, { p: normType, keepDim: true });
      const scale = norm.add(1e-7).reciprocal().mul(maxNorm);
      return [w, w.mul(scale.where(norm.gt(maxNorm), 1))] as const;
    }),
  );
  assignAll(clipped);
}

function requirePositive(name: string, value: number): void {
  if (value > 0) return;
  throw new ArgumentError(`clipWeightNorm: ${name} is ${value}; use a number above 0.`);
}
