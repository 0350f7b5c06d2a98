import { checkCount, checkNotNegative } from './arguments.js';
import { RuleScheduler } from './rule-scheduler.js';
import type { ScheduledOptimizer } from './scheduler.js';

/** Options of `CosineAnnealingLR`. */
export interface CosineAnnealingLROptions {
  /** T, the steps from η₀ down to η_min. */
  readonly tMax: number;
  /** η_min ≥ 0. Default 0. */
  readonly etaMin?: number;
}

/**
 * Falls along half a cosine: η_t = η_min + (η₀ - η_min) (1 + cos(π t / T)) / 2. Beyond T it rises
 * again, up to η₀ at 2 T. Throws an ArgumentError for a T below 1 or a negative η_min. Loshchilov
 * and Hutter, 2017, arXiv:1608.03983.
 *
 * @example
 * const schedule = new CosineAnnealingLR(optimizer, { tMax: epochs * loader.length });
 */
export class CosineAnnealingLR extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, { tMax, etaMin = 0 }: CosineAnnealingLROptions) {
    const name = 'CosineAnnealingLR';
    checkCount(name, 'tMax', tMax);
    checkNotNegative(name, 'etaMin', etaMin);
    const height = (t: number): number => 1 + Math.cos((Math.PI * t) / tMax);
    super(optimizer, {
      name,
      next(lr, t, base) {
        // From the bottom no factor leads up.
        if ((t - 1 - tMax) % (2 * tMax) === 0) {
          return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
        }
        return (height(t) / height(t - 1)) * (lr - etaMin) + etaMin;
      },
    });
  }
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface CosineAnnealingWarmRestartsOptions {
  /** T₀, the steps until the first restart. */
  readonly t0: number;
  /** By what each period is longer than the one before it: an integer of at least 1. Default 1. */
  readonly tMult?: number;
  /** η_min ≥ 0. Default 0. */
  readonly etaMin?: number;
}

/**
 * Falls along half a cosine again and again: η_t = η_min + (η₀ - η_min) (1 + cos(π s / T_i)) / 2, s
 * being the steps since the last restart and T_i = T₀ tMultⁱ the length of period i. It sets rates
 * regardless of other schedules. Throws an ArgumentError for a t0 or tMult below 1 or a negative
 * η_min. Loshchilov and Hutter, 2017, arXiv:1608.03983.
 */
export class CosineAnnealingWarmRestarts extends RuleScheduler {
  constructor(optimizer: ScheduledOptimizer, options: CosineAnnealingWarmRestartsOptions) {
    const { t0, tMult = 1, etaMin = 0 } = options;
    const name = 'CosineAnnealingWarmRestarts';
    checkCount(name, 't0', t0);
    checkCount(name, 'tMult', tMult);
    checkNotNegative(name, 'etaMin', etaMin);
    super(optimizer, {
      name,
      next(_, t, base) {
        const [since, period] = placeOf(t, t0, tMult);
        return etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * since) / period))) / 2;
      },
    });
  }
}

/** Steps since the last restart, and the length of the period. */
function placeOf(t: number, t0: number, tMult: number): readonly [since: number, period: number] {
  if (tMult === 1) return [t % t0, t0];
  let [since, period] = [t, t0];
  while (since >= period) {
    since -= period;
    period *= tMult;
  }
  return [since, period];
}
