import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';

/**
 * How the losses of single elements become one: their mean, as in (2.4); their sum, as in (2.11)
 * and (2.20); or not at all.
 *
 * @equation (2.4), (2.11), (2.20)
 */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options that all losses have. */
export interface LossOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction;
}

/** `losses` reduced. `weight` is what the mean divides by, where it is not the number of losses. */
export function reduceLoss(
  op: string,
  losses: Tensor,
  reduction: Reduction = 'mean',
  weight?: Tensor,
): Tensor {
  switch (reduction) {
    case 'none':
      return losses;
    case 'sum':
      return losses.sum();
    case 'mean':
      return weight ? losses.sum().div(weight) : losses.mean();
  }
  throw new ArgumentError(
    `${op}: reduction is '${String(reduction)}'; use 'mean', 'sum' or 'none'.`,
  );
}
