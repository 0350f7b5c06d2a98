import { ArgumentError } from '../../engine/core/errors.js';
import { perGroup } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** A factor by the number of steps taken. */
export type LrLambda = (t: number) => number;

/** Options of `LambdaLR` and `MultiplicativeLR`. */
export interface LambdaLROptions {
  /** One for all groups, or one for each. */
  readonly lrLambda: LrLambda | readonly LrLambda[];
}

/**
 * A factor by a function of your own: η_t = η₀ λ(t). It is not part of the state. Throws an
 * ArgumentError for another number of functions than groups.
 *
 * @example
 * const schedule = new LambdaLR(optimizer, { lrLambda: (t) => 1 / Math.sqrt(1 + t) });
 */
export class LambdaLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { lrLambda }: LambdaLROptions) {
    const name = 'LambdaLR';
    const lambdas = functionsOf(name, lrLambda, optimizer);
    super(optimizer, {
      name,
      first: (lr, i) => lr * lambdas[i]!(0),
      next: (_, t, base, i) => base * lambdas[i]!(t),
    });
  }
}

/**
 * A factor from step to step by a function of your own: η_t = η_(t-1) λ(t), from t = 1 on. Otherwise
 * as `LambdaLR`.
 */
export class MultiplicativeLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { lrLambda }: LambdaLROptions) {
    const name = 'MultiplicativeLR';
    const lambdas = functionsOf(name, lrLambda, optimizer);
    super(optimizer, { name, next: (lr, t, _, i) => lr * lambdas[i]!(t) });
  }
}

function functionsOf(
  name: string,
  given: LrLambda | readonly LrLambda[],
  { paramGroups }: ScheduledOptimizer,
): LrLambda[] {
  const lambdas = perGroup(name, 'lrLambda', given, paramGroups.length);
  const bad = lambdas.find((lambda) => typeof lambda !== 'function');
  if (bad === undefined) return lambdas;
  throw new ArgumentError(`${name}: lrLambda is ${String(bad)}; give a function of the step.`);
}
