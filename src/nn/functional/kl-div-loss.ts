import { ShapeError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { elementLoss } from './element-loss.js';
import { NOT_NEGATIVE } from './known-values.js';
import type { Reduction } from './reduction.js';
import { requireReduction } from './reduction.js';

/** Options of `klDivLoss` and `KLDivLoss`. */
export interface KLDivLossOptions {
  /**
   * 'batchmean' divides the sum by N, which is the divergence of the mathematical definition, the
   * mean over samples; 'mean' divides by the number of elements. Default 'mean', as in PyTorch.
   */
  readonly reduction?: Reduction | 'batchmean';
  /** The target holds logarithms of probabilities. Default false. */
  readonly logTarget?: boolean;
}

/**
 * The terms of the Kullback–Leibler divergence D(t ‖ e^x) of a target t from a prediction given as
 * logarithms x: ℓ = t (ln t - x), or with `logTarget` e^t (t - x). Where the probability of the
 * target is 0, so are the term and its gradients, whatever x is. Kullback and Leibler, 1951,
 * doi:10.1214/aoms/1177729694.
 *
 * @param input Logarithms of probabilities, as `logSoftmax` gives them; any shape, f32 or f64.
 * @param target Probabilities, or their logarithms, in the shape and dtype of the input.
 * @returns A scalar, or with reduction 'none' the shape of the input.
 * @throws ShapeError, DTypeError, ArgumentError for a reduction that is none; for NaN or a negative
 *   probability in the target, in compiled functions when they are called.
 *
 * @example
 * const prediction = tensor([[0.25, 0.75]]).log();
 * klDivLoss(prediction, tensor([[1, 0]]), { reduction: 'batchmean' }).item(); // 1.3863
 */
export function klDivLoss(
  input: Tensor,
  target: Tensor,
  { reduction, logTarget = false }: KLDivLossOptions = {},
): Tensor {
  requireReduction('klDivLoss', reduction, ['mean', 'batchmean', 'sum', 'none']);
  const byBatch = reduction === 'batchmean';
  if (byBatch && input.rank === 0) {
    throw new ShapeError(
      "klDivLoss: input is a scalar, and 'batchmean' divides by N; use [N, …], or 'sum'.",
    );
  }
  const demands = {
    reduction: byBatch ? ('sum' as const) : reduction,
    ...(logTarget ? {} : { targets: NOT_NEGATIVE }),
  };
  const loss = elementLoss('klDivLoss', input, target, demands, () =>
    logTarget ? ofLogarithms(input, target) : ofProbabilities(input, target),
  );
  return byBatch ? loss.div(input.shape[0]!) : loss;
}

function ofProbabilities(input: Tensor, target: Tensor): Tensor {
  const counts = target.ne(0);
  const logTarget = where(counts, target, 1).log();
  return target.mul(logTarget.sub(where(counts, input, 0)));
}

function ofLogarithms(input: Tensor, target: Tensor): Tensor {
  const p = target.exp();
  const counts = p.ne(0);
  return p.mul(where(counts, target, 0).sub(where(counts, input, 0)));
}
