import { ArgumentError } from '../../engine/core/errors.js';
import { checkCount } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** Options of `ConstantLR`. */
export interface ConstantLROptions {
  /** In (0, 1]. Default 1 / 3. */
  readonly factor?: number;
  /** T, the steps for which it holds. Default 5. */
  readonly totalIters?: number;
}

/**
 * η₀ times a factor for the first T steps, then η₀. Throws an ArgumentError for a factor outside
 * (0, 1] or a T below 1.
 */
export class ConstantLR extends RuleScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    { factor = 1 / 3, totalIters = 5 }: ConstantLROptions = {},
  ) {
    const name = 'ConstantLR';
    checkStart(name, 'factor', factor);
    checkCount(name, 'totalIters', totalIters);
    super(optimizer, {
      name,
      first: (lr) => lr * factor,
      next: (lr, t) => (t === totalIters ? lr * (1 / factor) : lr),
    });
  }
}

/** Options of `LinearLR`. */
export interface LinearLROptions {
  /** f₀ in (0, 1]. Default 1 / 3. */
  readonly startFactor?: number;
  /** f₁ in [0, 1]. Default 1. */
  readonly endFactor?: number;
  /** T, the steps from one to the other. Default 5. */
  readonly totalIters?: number;
}

/**
 * Linear warm-up, or with f₁ below f₀ a linear decay: η_t = η₀ (f₀ + (f₁ - f₀) min(t, T) / T). Throws
 * an ArgumentError for a factor out of range or a T below 1.
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.01, totalIters: 500 });
 * const decay = new CosineAnnealingLR(optimizer, { tMax: 9500 });
 * const schedule = new SequentialLR(optimizer, { schedulers: [warmUp, decay], milestones: [500] });
 */
export class LinearLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, options: LinearLROptions = {}) {
    const { startFactor: start = 1 / 3, endFactor: end = 1, totalIters = 5 } = options;
    const name = 'LinearLR';
    checkStart(name, 'startFactor', start);
    if (!(end >= 0 && end <= 1)) {
      throw new ArgumentError(`${name}: endFactor is ${end}; use a number in [0, 1].`);
    }
    checkCount(name, 'totalIters', totalIters);
    super(optimizer, {
      name,
      first: (lr) => lr * start,
      next(lr, t) {
        if (t > totalIters) return lr;
        const rise = end - start;
        // Rounding may lead below an end of 0.
        return lr * Math.max(1 + rise / (totalIters * start + (t - 1) * rise), 0);
      },
    });
  }
}

/** Options of `ExponentialWarmupLR`. */
export interface ExponentialWarmupLROptions {
  /** f₀ in (0, 1]. Default 0.001. */
  readonly startFactor?: number;
  /** T, the steps until η₀ is reached. */
  readonly totalIters: number;
}

/**
 * Exponential warm-up: η_t = η₀ f₀^(1 - t / T) up to t = T, then η₀. PyTorch has it by `LambdaLR`
 * only. Throws an ArgumentError for an f₀ outside (0, 1] or a T below 1.
 */
export class ExponentialWarmupLR extends RuleScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    { startFactor = 1e-3, totalIters }: ExponentialWarmupLROptions,
  ) {
    const name = 'ExponentialWarmupLR';
    checkStart(name, 'startFactor', startFactor);
    checkCount(name, 'totalIters', totalIters);
    const growth = startFactor ** (-1 / totalIters);
    super(optimizer, {
      name,
      first: (lr) => lr * startFactor,
      next: (lr, t) => (t <= totalIters ? lr * growth : lr),
    });
  }
}

/** 0 would end every product. */
function checkStart(name: string, key: string, value: number): void {
  if (value > 0 && value <= 1) return;
  throw new ArgumentError(`${name}: ${key} is ${value}; use a number in (0, 1].`);
}
