/** Penalties on parameters, to be added to a loss: they draw weights towards 0. */
import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';

/** Options of `elasticNetPenalty`. */
export interface ElasticNetOptions {
  /** The share r of the L1 penalty, from 0 to 1. Default 0.5, as in scikit-learn. */
  readonly l1Ratio?: number;
}

/**
 * The L1 penalty Σ |w| over all elements of all tensors, which makes many weights exactly 0 or nearly
 * so. Its gradient is sign w, 0 at 0. Tibshirani, 1996.
 *
 * @param params Tensors of any shapes; biases are usually left out.
 * @returns A scalar, in the wider of their dtypes.
 * @throws ArgumentError if there are none.
 *
 * @example
 * const model = new Linear(8, 2);
 * const loss = mseLoss(model.forward(ones([4, 8])), zeros([4, 2]));
 * loss.add(l1Penalty([model.weight]).mul(1e-4)).backward();
 */
export function l1Penalty(params: Iterable<Tensor>): Tensor {
  return total('l1Penalty', params, (w) => w.abs().sum());
}

/**
 * The L2 penalty ½ Σ w² over all elements of all tensors. Its gradient is w, so that λ times this
 * does to SGD what `weightDecay: λ` does.
 *
 * @param params Tensors of any shapes; biases are usually left out.
 * @returns A scalar, in the wider of their dtypes.
 * @throws ArgumentError if there are none.
 */
export function l2Penalty(params: Iterable<Tensor>): Tensor {
  return total('l2Penalty', params, (w) => w.mul(w).sum().mul(0.5));
}

/**
 * The elastic net: r Σ |w| + (1 - r) ½ Σ w², as in scikit-learn, whose `alpha` is the factor to
 * multiply it with. Zou and Hastie, 2005.
 *
 * @param params Tensors of any shapes; biases are usually left out.
 * @returns A scalar, in the wider of their dtypes.
 * @throws ArgumentError if there are none, or r is not from 0 to 1.
 */
export function elasticNetPenalty(
  params: Iterable<Tensor>,
  { l1Ratio = 0.5 }: ElasticNetOptions = {},
): Tensor {
  if (!(l1Ratio >= 0 && l1Ratio <= 1)) {
    throw new ArgumentError(
      `elasticNetPenalty: l1Ratio is ${l1Ratio}; use a number from 0, which is L2, to 1, which is L1.`,
    );
  }
  return total('elasticNetPenalty', params, (w) =>
    w
      .abs()
      .mul(l1Ratio)
      .add(w.mul(w).mul((1 - l1Ratio) / 2))
      .sum(),
  );
}

function total(op: string, params: Iterable<Tensor>, penalty: (w: Tensor) => Tensor): Tensor {
  const all = [...params];
  if (all.length === 0) {
    throw new ArgumentError(`${op}: no parameters are given; pass those of model.parameters().`);
  }
  return all.map(penalty).reduce((sum, p) => sum.add(p));
}
