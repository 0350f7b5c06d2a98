import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, concat, zeros } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { crossEntropy } from './cross-entropy.js';
import { requireAlike } from './element-loss.js';
import type { LossOptions } from './reduction.js';
import { requireReduction } from './reduction.js';

/** Options of `infoNceLoss` and `InfoNCELoss`. */
export interface InfoNceLossOptions extends LossOptions {
  /** What cosines are divided by, τ > 0: if small, the hardest negatives count most. Default 0.1. */
  readonly temperature?: number;
  /** Others, [M, D] for all queries or [N, M, D]. Default: the positives of the other queries. */
  readonly negatives?: Tensor;
  /**
   * Also asks each positive sample for its query, and takes the mean of both, as in CLIP. Not with
   * `negatives`. Default false.
   */
  readonly symmetric?: boolean;
}

/**
 * Asks each query to be told from others by its positive sample: the cross-entropy of picking it,
 *
 * ℓ = -ln e^(cos(q, k₊) / τ) / Σ_k e^(cos(q, k) / τ), the sum being over the positive sample and the
 * negatives, without overflow for small τ.
 *
 * Vectors are divided by their length, at least 10⁻¹² as in PyTorch's `normalize`, so that a vector
 * of zeros has the cosine 0. Van den Oord et al., 2018, arXiv:1807.03748; symmetric: Radford et al.,
 * 2021, arXiv:2103.00020.
 *
 * @param query q, [N, D], f32 or f64.
 * @param positive k₊ for each query, [N, D], in the dtype of the query.
 * @returns A scalar, or with reduction 'none' the shape [N].
 * @throws ShapeError, DTypeError, ArgumentError for an option.
 *
 * @example
 * const [q, k] = [tensor([[1, 0], [0, 1]]), tensor([[1, 0], [0, 2]])];
 * infoNceLoss(q, k, { temperature: 1 }).item(); // ln(1 + 1/e) = 0.3133
 */
export function infoNceLoss(
  query: Tensor,
  positive: Tensor,
  options: InfoNceLossOptions = {},
): Tensor {
  const { temperature = 0.1, negatives, symmetric = false, reduction = 'mean' } = options;
  const op = 'infoNceLoss';
  requireReduction(op, reduction);
  const fits = temperature > 0 && temperature < Infinity;
  requireOption(op, 'temperature', temperature, fits, 'a number above 0');
  requireAlike(op, { query, positive });
  if (query.rank !== 2) {
    throw new ShapeError(`${op}: query is ${formatShape(query.shape)}; give [N, D].`);
  }
  if (negatives) checkNegatives(op, negatives, query, symmetric);
  const [q, k] = [unit(query), unit(positive)];
  if (negatives) {
    const logits = concat([q.mul(k).sum(1, { keepDim: true }), cosines(q, unit(negatives))], 1);
    const first = zeros([q.shape[0]!], { dtype: 'i32' });
    return crossEntropy(logits.div(temperature), first, { reduction });
  }
  const logits = cosines(q, k).div(temperature);
  const own = arange(q.shape[0]!);
  const loss = crossEntropy(logits, own, { reduction });
  if (!symmetric) return loss;
  return loss.add(crossEntropy(logits.transpose(0, 1), own, { reduction })).mul(0.5);
}

/** The products of vectors q [N, D] with k [M, D] or [N, M, D], as [N, M]. */
function cosines(q: Tensor, k: Tensor): Tensor {
  if (k.rank === 2) return q.matmul(k.transpose(0, 1));
  return k.matmul(q.unsqueeze(2)).squeeze(2);
}

const LEAST_LENGTH = 1e-12;

/** Vectors along the last axis divided by their lengths. */
function unit(x: Tensor): Tensor {
  return x.div(x.norm(-1, { keepDim: true }).clamp(LEAST_LENGTH));
}

function checkNegatives(op: string, negatives: Tensor, query: Tensor, symmetric: boolean): void {
  if (symmetric) {
    throw new ArgumentError(
      `${op}: symmetric takes the other samples of the batch; leave out symmetric, or negatives.`,
    );
  }
  const [n, d] = query.shape;
  const { rank, shape, dtype } = negatives;
  if (shape.at(-1) !== d || !(rank === 2 || (rank === 3 && shape[0] === n))) {
    throw new ShapeError(
      `${op}: negatives is ${formatShape(shape)}, query [N, D] = ${formatShape(query.shape)}; give ` +
        '[M, D] or [N, M, D].',
    );
  }
  if (dtype !== query.dtype) {
    throw new DTypeError(`${op}: negatives is ${dtype}, query ${query.dtype}; make them equal.`);
  }
}
