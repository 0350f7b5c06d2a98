import { checkCount, checkNotNegative, checkPositive } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** Options of `ExponentialLR`. */
export interface ExponentialLROptions {
  /** γ > 0. */
  readonly gamma: number;
}

/** Multiplies by γ at every step: η_t = η₀ γᵗ. Throws an ArgumentError for a γ not above 0. */
export class ExponentialLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { gamma }: ExponentialLROptions) {
    const name = 'ExponentialLR';
    checkPositive(name, 'gamma', gamma);
    super(optimizer, { name, next: (lr) => lr * gamma });
  }
}

/** Options of `PolynomialLR`. */
export interface PolynomialLROptions {
  /** T, the steps until η is 0. Default 5. */
  readonly totalIters?: number;
  /** p ≥ 0. Default 1. */
  readonly power?: number;
}

/**
 * Falls to 0 like a power: η_t = η₀ (1 - t / T)ᵖ up to t = T, and stays there. Throws an
 * ArgumentError for a T below 1 or a negative p.
 */
export class PolynomialLR extends RuleScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    { totalIters = 5, power = 1 }: PolynomialLROptions = {},
  ) {
    const name = 'PolynomialLR';
    checkCount(name, 'totalIters', totalIters);
    checkNotNegative(name, 'power', power);
    super(optimizer, {
      name,
      next(lr, t) {
        if (t > totalIters) return lr;
        return lr * ((1 - t / totalIters) / (1 - (t - 1) / totalIters)) ** power;
      },
    });
  }
}
