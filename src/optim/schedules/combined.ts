import { ArgumentError } from '../../engine/core/errors.js';
import { checkCount } from './arguments.js';
import {
  checkState,
  LRScheduler,
  type ScheduledOptimizer,
  type ScheduleState,
} from './scheduler.js';

/**
 * Several schedules at the same time, each step being one of each: where each multiplies, their
 * product. Those that set rates by t alone (`LambdaLR`, `CosineAnnealingWarmRestarts`, `OneCycleLR`)
 * have to come first. Throws an ArgumentError for no schedules, or schedules of several optimizers.
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 100 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.999 });
 * const schedule = new ChainedScheduler([warmUp, decay]);
 */
export class ChainedScheduler extends LRScheduler {
  readonly #parts: readonly LRScheduler[];
  #t = 0;

  constructor(schedulers: readonly LRScheduler[]) {
    const name = 'ChainedScheduler';
    super(optimizerOf(name, schedulers));
    this.#parts = [...schedulers];
  }

  get lastEpoch(): number {
    return this.#t;
  }

  step(): void {
    for (const part of this.#parts) part.step();
    this.#t++;
  }

  /** @internal */
  reset(): void {
    this.#parts[0]!.reset();
  }

  /** @internal */
  begin(): void {
    for (const part of this.#parts) part.begin();
    this.#t = 0;
  }

  stateDict(): ScheduleState {
    return stateOf('ChainedScheduler', this.#t, this.#parts);
  }

  loadStateDict(state: ScheduleState): void {
    loadParts('ChainedScheduler', state, this.#parts);
    this.#t = state.lastEpoch;
  }
}

/** Options of `SequentialLR`. */
export interface SequentialLROptions {
  /** In their order. */
  readonly schedulers: readonly LRScheduler[];
  /** The steps at which the next begins, rising: one less than schedules. */
  readonly milestones: readonly number[];
}

/**
 * One schedule after the other: at its milestone each starts from the learning rates before any
 * schedule. Throws an ArgumentError for schedules of another optimizer, or milestones that do not rise
 * or are not one less.
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.01, totalIters: 500 });
 * const decay = new CosineAnnealingLR(optimizer, { tMax: 9500 });
 * const schedule = new SequentialLR(optimizer, { schedulers: [warmUp, decay], milestones: [500] });
 */
export class SequentialLR extends LRScheduler {
  readonly #parts: readonly LRScheduler[];
  readonly #milestones: readonly number[];
  #t = 0;

  constructor(optimizer: ScheduledOptimizer, { schedulers, milestones }: SequentialLROptions) {
    const name = 'SequentialLR';
    super(optimizerOf(name, schedulers, optimizer));
    for (const [i, m] of milestones.entries()) {
      checkCount(name, `milestones[${i}]`, m);
      if (i > 0 && m <= milestones[i - 1]!) {
        throw new ArgumentError(
          `${name}: milestones are [${milestones.join(', ')}]; give them in rising order.`,
        );
      }
    }
    if (milestones.length !== schedulers.length - 1) {
      throw new ArgumentError(
        `${name}: there are ${milestones.length} milestones for ${schedulers.length} schedules; ` +
          `give ${schedulers.length - 1}.`,
      );
    }
    this.#parts = [...schedulers];
    this.#milestones = [...milestones];
    // What the others have set as they were made is undone.
    this.restart();
  }

  get lastEpoch(): number {
    return this.#t;
  }

  step(): void {
    const t = this.#t + 1;
    const at = this.#milestones.filter((m) => m <= t).length;
    const part = this.#parts[at]!;
    if (this.#milestones[at - 1] === t) part.restart();
    else part.step();
    this.#t = t;
  }

  /** @internal */
  reset(): void {
    this.#parts[0]!.reset();
  }

  /** @internal */
  begin(): void {
    this.#parts[0]!.begin();
    this.#t = 0;
  }

  stateDict(): ScheduleState {
    return stateOf('SequentialLR', this.#t, this.#parts);
  }

  loadStateDict(state: ScheduleState): void {
    loadParts('SequentialLR', state, this.#parts);
    this.#t = state.lastEpoch;
  }
}

function optimizerOf(
  name: string,
  schedulers: readonly LRScheduler[],
  optimizer = schedulers[0]?.optimizer,
): ScheduledOptimizer {
  if (optimizer === undefined || schedulers.length === 0) {
    throw new ArgumentError(`${name}: there are no schedules; give at least one.`);
  }
  for (const [i, part] of schedulers.entries()) {
    if (!(part instanceof LRScheduler)) {
      throw new ArgumentError(
        `${name}: schedule ${i} is none that steps without a metric; leave ReduceLROnPlateau apart.`,
      );
    }
    if (part.optimizer !== optimizer) {
      throw new ArgumentError(
        `${name}: schedule ${i} is of another optimizer; make all for the same one.`,
      );
    }
  }
  return optimizer;
}

function stateOf(name: string, lastEpoch: number, parts: readonly LRScheduler[]): ScheduleState {
  return { name, lastEpoch, parts: parts.map((part) => part.stateDict()) };
}

/** All of them, or, where one does not fit, none. */
function loadParts(name: string, state: ScheduleState, parts: readonly LRScheduler[]): void {
  checkState(name, state, parts.length);
  const before = parts.map((part) => part.stateDict());
  try {
    for (const [i, part] of parts.entries()) part.loadStateDict(state.parts![i]!);
  } catch (error) {
    for (const [i, part] of parts.entries()) part.loadStateDict(before[i]!);
    throw error;
  }
}
