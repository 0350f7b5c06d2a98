import type { TrainingState } from './training-state.js';

/** What keeps the states of a run, such as `CheckpointWriter`. */
export interface CheckpointSink {
  /** Steps from one state to the next; default: at the end of each epoch only. */
  readonly every?: number;
  /** Training waits for it; an error ends training. */
  save(state: TrainingState): Promise<void> | void;
}
