import { ArgumentError } from '../../engine/core/errors.js';
import { checkChoice, checkNotNegative, perGroup } from './arguments.js';
import { checkState, type ScheduledOptimizer, type ScheduleState } from './scheduler.js';

/** Options of `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions {
  /** Whether the metric is better when it is less or more. Default 'min'. */
  readonly mode?: 'min' | 'max';
  /** By which η is multiplied, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Steps without improvement that are allowed: η falls at the next. Default 10. */
  readonly patience?: number;
  /** By how much the metric has to be better than the best, ≥ 0. Default 10⁻⁴. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best, or in the metric's unit. Default 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Steps after a reduction in which none counts as one without improvement. Default 0. */
  readonly cooldown?: number;
  /** No η falls below it, for all groups or for each, ≥ 0. Default 0. */
  readonly minLr?: number | readonly number[];
  /** A change of η by no more than this is not made, ≥ 0. Default 10⁻⁸. */
  readonly eps?: number;
}

const NAME = 'ReduceLROnPlateau';

/**
 * Reduces the learning rate when a metric stops improving: η ← max(η · factor, minLr). A NaN is no
 * improvement. With a negative best and thresholdMode 'rel', as in PyTorch, the metric counts as
 * better even where it is a little worse.
 *
 * @throws ArgumentError for an option out of range.
 * @example
 * const schedule = new ReduceLROnPlateau(optimizer, { patience: 3 });
 * // after each epoch:
 * schedule.step(valLoss);
 */
export class ReduceLROnPlateau {
  readonly #options: Required<Omit<ReduceLROnPlateauOptions, 'minLr'>>;
  readonly #minLrs: readonly number[];
  #t = 0;
  #best: number;
  #bad = 0;
  #cooling = 0;

  constructor(
    readonly optimizer: ScheduledOptimizer,
    { minLr = 0, ...given }: ReduceLROnPlateauOptions = {},
  ) {
    this.#options = checked(given);
    this.#minLrs = perGroup(NAME, 'minLr', minLr, optimizer.paramGroups.length);
    for (const rate of this.#minLrs) checkNotNegative(NAME, 'minLr', rate);
    this.#best = this.#worst();
  }

  /** Steps taken. */
  get lastEpoch(): number {
    return this.#t;
  }

  /** The best metric so far; ±∞ before the first. */
  get best(): number {
    return this.#best;
  }

  /** The learning rates in force, one for each group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Takes in what the metric has come to, and reduces the learning rates if it is time. */
  step(metric: number): void {
    const { patience, cooldown } = this.#options;
    this.#t++;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    this.#reduce();
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  /** A copy of what it keeps. */
  stateDict(): ScheduleState {
    // JSON has no infinity.
    const best = Number.isFinite(this.#best) ? { best: this.#best } : {};
    return {
      name: NAME,
      lastEpoch: this.#t,
      seen: { ...best, bad: this.#bad, cooling: this.#cooling },
    };
  }

  /**
   * Takes over what `stateDict` gave. Throws an ArgumentError where that is of another schedule, and
   * changes nothing then.
   */
  loadStateDict(state: ScheduleState): void {
    checkState(NAME, state);
    const { best = this.#worst(), bad, cooling } = state.seen ?? {};
    if (bad === undefined || cooling === undefined) {
      throw new ArgumentError(
        `loadStateDict: the state does not fit this ${NAME}: 'seen.bad' or 'seen.cooling' is ` +
          'missing; give what stateDict() returned.',
      );
    }
    [this.#t, this.#best, this.#bad, this.#cooling] = [state.lastEpoch, best, bad, cooling];
  }

  #worst(): number {
    return this.#options.mode === 'min' ? Infinity : -Infinity;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === 'min' ? -1 : 1;
    const bound =
      thresholdMode === 'rel' ? this.#best * (1 + sign * threshold) : this.#best + sign * threshold;
    return mode === 'min' ? metric < bound : metric > bound;
  }

  #reduce(): void {
    const { factor, eps } = this.#options;
    for (const [i, group] of this.optimizer.paramGroups.entries()) {
      const lr = Math.max(group.lr * factor, this.#minLrs[i] ?? this.#minLrs[0]!);
      if (group.lr - lr > eps) group.follow(lr);
    }
  }
}

function checked(
  given: Omit<ReduceLROnPlateauOptions, 'minLr'>,
): Required<Omit<ReduceLROnPlateauOptions, 'minLr'>> {
  const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4 } = given;
  const { thresholdMode = 'rel', cooldown = 0, eps = 1e-8 } = given;
  checkChoice(NAME, 'mode', mode, ['min', 'max']);
  checkChoice(NAME, 'thresholdMode', thresholdMode, ['rel', 'abs']);
  if (!(factor > 0 && factor < 1)) {
    throw new ArgumentError(`${NAME}: factor is ${factor}; use a number in (0, 1).`);
  }
  for (const [key, value] of Object.entries({ patience, cooldown })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new ArgumentError(`${NAME}: ${key} is ${value}; use an integer of at least 0.`);
  }
  checkNotNegative(NAME, 'threshold', threshold);
  checkNotNegative(NAME, 'eps', eps);
  return { mode, factor, patience, threshold, thresholdMode, cooldown, eps };
}
