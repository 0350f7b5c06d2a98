import { ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Parameter, Tensor } from '../../tensor/index.js';
import { zeros } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import { Module } from '../module.js';
import type { Recurrence, RecurrentWeights } from './recurrence.js';
import type { RecurrentOptions } from './weights.js';
import { checkDType, checkState, drawWeights } from './weights.js';

const SAVED_AS: Readonly<Record<string, string>> = {
  weightIh: 'weight_ih',
  weightHh: 'weight_hh',
  biasIh: 'bias_ih',
  biasHh: 'bias_hh',
};

/** What `RNNCell`, `LSTMCell` and `GRUCell` share: weights, and one step. */
export abstract class RecurrentCell extends Module implements RecurrentWeights {
  /** [gates · H, D]; saved as weight_ih. */
  readonly weightIh: Parameter;
  /** [gates · H, H]; saved as weight_hh. */
  readonly weightHh: Parameter;
  /** [gates · H], or null; saved as bias_ih. */
  readonly biasIh: Parameter | null;
  /** [gates · H], or null; saved as bias_hh. */
  readonly biasHh: Parameter | null;
  readonly #recurrence: Recurrence;

  protected constructor(
    recurrence: Recurrence,
    readonly inputSize: number,
    readonly hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    requireCount(new.target.name, 'inputSize', inputSize);
    requireCount(new.target.name, 'hiddenSize', hiddenSize);
    this.#recurrence = recurrence;
    const w = drawWeights({ gates: recurrence.gates, inputSize, hiddenSize }, options);
    this.weightIh = w.weightIh;
    this.weightHh = w.weightHh;
    this.biasIh = w.biasIh;
    this.biasHh = w.biasHh;
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, biasIh } = this;
    return `${inputSize}, ${hiddenSize}, bias=${biasIh !== null}`;
  }

  /** The next state, all tensors of it; from zeros where none is given. */
  protected step(x: Tensor, state: readonly Tensor[] | null): readonly Tensor[] {
    const { name } = this.constructor;
    const { inputSize, hiddenSize } = this;
    const { dtype } = this.weightIh;
    if (x.rank < 1 || x.rank > 2 || x.shape.at(-1) !== inputSize) {
      throw new ShapeError(
        `${name}: input is ${formatShape(x.shape)}; give one [N, D] or [D] with D = ${inputSize}.`,
      );
    }
    checkDType(name, 'input', x, dtype);
    const shape = [...x.shape.slice(0, -1), hiddenSize];
    if (state) checkState(name, state, { shape, dtype }, x.rank === 2 ? '[N, H]' : '[H]');
    const kind = this.#recurrence;
    const before = state ?? Array.from({ length: kind.states }, () => zeros(shape, { dtype }));
    return kind.next(kind.project(x, this), before, this);
  }

  protected override *members(): Generator<[string, unknown]> {
    for (const [name, value] of super.members()) yield [SAVED_AS[name] ?? name, value];
  }
}
