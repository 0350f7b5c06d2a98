import { ArgumentError } from '../../engine/core/errors.js';
import {
  checkState,
  LRScheduler,
  type ScheduledOptimizer,
  type ScheduleState,
} from './scheduler.js';

/** How learning rates follow each other. */
export interface ScheduleRule {
  /** For messages and saved states. */
  readonly name: string;
  /** The rate of group number `group` at the start, from the one found. Default: that one. */
  first?(lr: number, group: number): number;
  /** The rate after t steps, t ≥ 1, from the one after t - 1 and the one found at the start. */
  next(lr: number, t: number, base: number, group: number): number;
}

/**
 * A schedule by a rule, for one of your own. See `LRScheduler`.
 *
 * @example
 * const halved = new RuleScheduler(optimizer, {
 *   name: 'Halved',
 *   next: (lr, t) => (t % 10 === 0 ? lr / 2 : lr),
 * });
 */
export class RuleScheduler extends LRScheduler {
  #t = 0;
  #baseLrs: readonly number[];
  readonly #rule: ScheduleRule;

  constructor(optimizer: ScheduledOptimizer, rule: ScheduleRule) {
    super(optimizer);
    this.#rule = rule;
    this.#baseLrs = optimizer.paramGroups.map((group) => group.baseLr);
    this.begin();
  }

  get lastEpoch(): number {
    return this.#t;
  }

  /** For each group the learning rate before any schedule. */
  get baseLrs(): readonly number[] {
    return this.#baseLrs;
  }

  step(): void {
    const { name } = this.#rule;
    const lrs = this.getLastLr();
    if (lrs.length !== this.#baseLrs.length) {
      throw new ArgumentError(
        `${name}: the optimizer has ${lrs.length} groups, and had ${this.#baseLrs.length} when the ` +
          'schedule was made; add groups before.',
      );
    }
    const t = this.#t + 1;
    this.#set(lrs.map((lr, i) => this.#rule.next(lr, t, this.#baseLrs[i]!, i)));
    this.#t = t;
  }

  /** @internal */
  reset(): void {
    this.#set(this.#baseLrs);
  }

  /** @internal */
  begin(): void {
    const rule = this.#rule;
    if (rule.first) this.#set(this.getLastLr().map((lr, i) => rule.first!(lr, i)));
    this.#t = 0;
  }

  stateDict(): ScheduleState {
    return { name: this.#rule.name, lastEpoch: this.#t, baseLrs: [...this.#baseLrs] };
  }

  loadStateDict(state: ScheduleState): void {
    const { name } = this.#rule;
    checkState(name, state);
    const found = state.baseLrs?.filter(Number.isFinite).length ?? 0;
    if (found !== this.#baseLrs.length) {
      throw new ArgumentError(
        `loadStateDict: the state does not fit this ${name}: it is of ${found} groups, and here are ` +
          `${this.#baseLrs.length}; load it into a schedule of an optimizer with as many.`,
      );
    }
    this.#t = state.lastEpoch;
    this.#baseLrs = [...state.baseLrs!];
  }

  /** All of them, or, where the optimizer refuses one, none. */
  #set(lrs: readonly number[]): void {
    const bad = lrs.findIndex((lr) => !(lr >= 0 && lr < Infinity));
    if (bad >= 0) {
      throw new ArgumentError(
        `${this.#rule.name}: the learning rate of group ${bad} would become ${lrs[bad]}; it has to ` +
          'stay finite and not below 0.',
      );
    }
    for (const [i, group] of this.optimizer.paramGroups.entries()) group.follow(lrs[i]!);
  }
}
