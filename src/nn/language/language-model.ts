import type { Tensor } from '../../tensor/index.js';
import type { Module } from '../module.js';

/** What a step of a language model gives. */
export interface LanguageStep<State> {
  /** [N, V]: the softmax of a row has the probabilities of the symbol that comes next. */
  readonly logits: Tensor;
  /** What the next step begins with. */
  readonly state: State;
}

/**
 * A model of which symbol comes next: all positions of sequences at once to be trained, one after the
 * other to write with.
 */
export interface LanguageModel<State = unknown> extends Module {
  /** V, the number of symbols. */
  readonly vocabularySize: number;
  /** The most symbols that a sequence can have, and steps from a state that has seen none. Default any. */
  readonly contextLength?: number;
  /** Logits [N, T, V] of what follows each of the symbols, i32 [N, T], given those up to it. */
  forward(ids: Tensor): Tensor;
  /** The same for one more symbol of each sequence, i32 [N], behind what the state has seen. */
  step(ids: Tensor, state?: State | null): LanguageStep<State>;
  /**
   * `step` for many calls, with the weights that the model has now, and the state that a sequence
   * begins with; states are arrays or plain objects of tensors, whose shapes stay.
   */
  stepper(batch: number): LanguageStepper<State>;
}

/** A model made ready to write. */
export interface LanguageStepper<State> {
  /** Of sequences that have not begun. */
  readonly initial: State;
  /** As `LanguageModel.step`. */
  readonly step: (ids: Tensor, state: State) => LanguageStep<State>;
}
