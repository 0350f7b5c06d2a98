import { ArgumentError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';

/**
 * How the losses of single elements become one: their mean, as in (2.4) and (5.1.1c); their sum, as in (2.11)
 * and (2.20); or not at all.
 *
 * @equation (2.4), (2.11), (2.20), (5.1.1c)
 */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options that all losses have. */
export interface LossOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction;
}

/** Throws an ArgumentError unless `reduction` is one of those that a loss has, or undefined. */
export function requireReduction(
  op: string,
  reduction: string | undefined,
  known: readonly string[] = ['mean', 'sum', 'none'],
): void {
  if (reduction === undefined || known.includes(reduction)) return;
  const quoted = known.map((name) => `'${name}'`);
  throw new ArgumentError(
    `${op}: reduction is '${reduction}'; use ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)!}.`,
  );
}

/** `losses` reduced. `divisor` is what the mean divides by, where it is not their number. */
export function reduceLoss(
  losses: Tensor,
  reduction: Reduction = 'mean',
  divisor?: Tensor,
): Tensor {
  switch (reduction) {
    case 'none':
      return losses;
    case 'sum':
      return losses.sum();
    case 'mean':
      return divisor ? losses.sum().div(divisor) : losses.mean();
  }
}
