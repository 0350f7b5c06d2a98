import { ArgumentError } from '../../engine/core/errors.js';
import { checkCount, checkPositive } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** Options of `StepLR`. */
export interface StepLROptions {
  /** Steps from one decay to the next. */
  readonly stepSize: number;
  /** γ > 0. Default 0.1. */
  readonly gamma?: number;
}

/**
 * Multiplies by γ every `stepSize` steps: η_t = η₀ γ^⌊t / stepSize⌋. Throws an ArgumentError for a
 * stepSize below 1 or a γ not above 0.
 *
 * @example
 * const schedule = new StepLR(optimizer, { stepSize: 30 });
 * // after each epoch:
 * schedule.step();
 */
export class StepLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { stepSize, gamma = 0.1 }: StepLROptions) {
    const name = 'StepLR';
    checkCount(name, 'stepSize', stepSize);
    checkPositive(name, 'gamma', gamma);
    super(optimizer, { name, next: (lr, t) => (t % stepSize === 0 ? lr * gamma : lr) });
  }
}

/** Options of `MultiStepLR`. */
export interface MultiStepLROptions {
  /** The steps at which η decays; a number that stands there twice counts twice. */
  readonly milestones: readonly number[];
  /** γ > 0. Default 0.1. */
  readonly gamma?: number;
}

/**
 * Multiplies by γ at each milestone: η_t = η₀ γ^(number of milestones ≤ t). Throws an ArgumentError
 * for a milestone that is no integer of at least 1 or a γ not above 0.
 */
export class MultiStepLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { milestones, gamma = 0.1 }: MultiStepLROptions) {
    const name = 'MultiStepLR';
    for (const [i, m] of milestones.entries()) checkCount(name, `milestones[${i}]`, m);
    if (milestones.length === 0) {
      throw new ArgumentError(`${name}: milestones is empty; give the steps at which η decays.`);
    }
    checkPositive(name, 'gamma', gamma);
    super(optimizer, {
      name,
      next: (lr, t) => lr * gamma ** milestones.filter((m) => m === t).length,
    });
  }
}
