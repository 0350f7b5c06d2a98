import { ArgumentError } from '../../engine/core/errors.js';

/** What schedules need of a group of parameters; see `ParamGroup`. */
export interface ScheduledGroup {
  readonly lr: number;
  readonly baseLr: number;
  /** @internal */
  follow(lr: number): void;
}

/** An optimizer whose learning rates a schedule sets. */
export interface ScheduledOptimizer {
  readonly paramGroups: readonly ScheduledGroup[];
}

/** What a schedule keeps: plain data that JSON can hold. The rates themselves are the optimizer's. */
export interface ScheduleState {
  /** The name of the schedule's class. */
  readonly name: string;
  /** Steps taken. */
  readonly lastEpoch: number;
  /** For each group the rate it started from; of a schedule with a rule. */
  readonly baseLrs?: readonly number[];
  /** What `ReduceLROnPlateau` has seen. */
  readonly seen?: Readonly<Record<string, number>>;
  /** Of the schedules that it is made of. */
  readonly parts?: readonly ScheduleState[];
}

/**
 * A schedule of learning rates: sets those of all groups of an optimizer when it is made, and again
 * at each `step()`, to be called after the optimizer's, once an epoch or once a batch. Nothing is
 * compiled again. As in PyTorch, each rate comes from the one before it, so that schedules of one
 * optimizer can be combined, and the count of steps is called `lastEpoch` whatever a step stands for.
 *
 * To resume, make optimizer and schedule as before, then load both states.
 */
export abstract class LRScheduler {
  /** Steps taken. */
  abstract readonly lastEpoch: number;

  constructor(readonly optimizer: ScheduledOptimizer) {}

  /** The learning rates in force, one for each group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Goes to the next learning rates. Throws an ArgumentError where there is none. */
  abstract step(): void;

  /** Goes back to the start, from the learning rates that it first found. */
  restart(): void {
    this.reset();
    this.begin();
  }

  /** @internal Sets the learning rates that it first found. */
  abstract reset(): void;

  /** @internal Goes to the start from the rates in force: others may have their share in them. */
  abstract begin(): void;

  /** A copy of what it keeps. */
  abstract stateDict(): ScheduleState;

  /**
   * Takes over what `stateDict` gave. Throws an ArgumentError where that is of another schedule, and
   * changes nothing then.
   */
  abstract loadStateDict(state: ScheduleState): void;
}

/** Throws an ArgumentError unless `state` is of a schedule of this name, made of so many parts. */
export function checkState(name: string, state: ScheduleState, parts = 0): void {
  const refuse = (problem: string): never => {
    throw new ArgumentError(
      `loadStateDict: the state does not fit this ${name}: ${problem}; load it into a schedule ` +
        'that is made as the one it was taken from.',
    );
  };
  if (state.name !== name) refuse(`it is of ${state.name}`);
  if (!Number.isSafeInteger(state.lastEpoch) || state.lastEpoch < 0) {
    refuse(`lastEpoch is ${state.lastEpoch}`);
  }
  const found = state.parts?.length ?? 0;
  if (found !== parts) refuse(`it has ${found} parts, and here are ${parts}`);
}
