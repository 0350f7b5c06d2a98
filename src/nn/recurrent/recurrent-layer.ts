import { ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { concat, stack, where, zeros } from '../../tensor/index.js';
import { activeScope } from '../../tensor/step-scope.js';
import { requireCount, requireOption } from '../check.js';
import { dropout as drop } from '../functional/dropout.js';
import { Module } from '../module.js';
import { insideSequences } from './lengths.js';
import type { Recurrence, RecurrentWeights } from './recurrence.js';
import { stepperOf, type Stepper } from './stepper.js';
import type { Path, Sweep } from './sweep.js';
import { sweep } from './sweep.js';
import type { RecurrentOptions } from './weights.js';
import { checkDType, checkState, drawWeights, savedNames } from './weights.js';

/** Options of `RNN`, `LSTM` and `GRU`. */
export interface RecurrentLayerOptions extends RecurrentOptions {
  /** Layers on top of each other, L. Default 1. */
  readonly numLayers?: number;
  /** A second set of weights goes through the sequence backwards; the outputs are joined. Default false. */
  readonly bidirectional?: boolean;
  /**
   * In training, the probability with which elements of the output of each layer but the last
   * are dropped; with one layer it does nothing. Default 0.
   */
  readonly dropout?: number;
  /** Sequences are [N, T, D] instead of [T, N, D]. Default false. */
  readonly batchFirst?: boolean;
  /**
   * Gradients keep the states of every k-th step only, and compute the rest again: less memory for
   * more time, the same values. Default: everything that is dear to compute is kept.
   */
  readonly checkpoint?: number;
}

/** Options of a call of `RNN`, `LSTM` or `GRU`. */
export interface RecurrentCallOptions {
  /**
   * i32 [N], from 0 to T: how many steps each sequence has. Behind its end a state stays as it is
   * and outputs are 0, whatever the input has there; the backward direction begins at the end. Default: all
   * have T.
   */
  readonly lengths?: Tensor;
}

/** What `RNN`, `LSTM` and `GRU` share: layers and directions of a recurrence over whole sequences. */
export abstract class RecurrentLayer<State> extends Module {
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly checkpoint: number | null;
  /**
   * Of each layer, first forwards, then backwards: saved as weight_ih_l0, weight_hh_l0, bias_ih_l0,
   * bias_hh_l0, weight_ih_l0_reverse and so on.
   */
  readonly weights: readonly RecurrentWeights[];
  readonly #recurrence: Recurrence;
  #onSweep: ((sweep: Sweep) => void) | null = null;

  protected constructor(
    recurrence: Recurrence,
    readonly inputSize: number,
    readonly hiddenSize: number,
    options: RecurrentLayerOptions,
  ) {
    super();
    const { numLayers = 1, bidirectional = false, dropout = 0, batchFirst = false } = options;
    const { name } = new.target;
    requireCount(name, 'inputSize', inputSize);
    requireCount(name, 'hiddenSize', hiddenSize);
    requireCount(name, 'numLayers', numLayers);
    const isShare = dropout >= 0 && dropout <= 1;
    requireOption(name, 'dropout', dropout, isShare, 'a probability from 0 to 1');
    if (options.checkpoint !== undefined) requireCount(name, 'checkpoint', options.checkpoint);
    this.numLayers = numLayers;
    this.bidirectional = bidirectional;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.checkpoint = options.checkpoint ?? null;
    this.#recurrence = recurrence;
    const { gates } = recurrence;
    this.weights = Array.from({ length: numLayers * this.directions }, (_, i) => {
      const size = i < this.directions ? inputSize : hiddenSize * this.directions;
      return drawWeights({ gates, inputSize: size, hiddenSize }, options);
    });
  }

  /**
   * Outputs at all steps, and the state behind the last.
   *
   * @param x [T, N, D], with `batchFirst` [N, T, D], or one sequence [T, D]; of the dtype of the
   *   weights.
   * @param state What a sequence begins with: tensors [L · directions, N, H], without N for one
   *   sequence. Default zeros.
   * @returns The outputs of the last layer, with directions · H in place of D, and the state.
   * @throws ShapeError, DTypeError or IndexError where they do not fit.
   */
  forward(
    x: Tensor,
    state: State | null = null,
    { lengths }: RecurrentCallOptions = {},
  ): [output: Tensor, state: State] {
    const { hiddenSize, weights } = this;
    const isBatch = this.checkInput(x);
    const sequences = this.stepsFirst(x, isBatch);
    const [steps, batch] = sequences.shape as [number, number, number];
    const shape = [weights.length, batch, hiddenSize];
    const initial = this.initialStates(state, shape, isBatch);
    const inside = lengths
      ? insideSequences(this.constructor.name, lengths, { steps, batch })
      : null;
    // What is made in a step of a scan stays there.
    const onSweep = activeScope() ? null : this.#onSweep;
    // So that nothing of what stands behind an end, NaN included, gets into a gradient.
    let input = inside ? where(inside, sequences, 0) : sequences;
    const last: (readonly Tensor[])[] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) input = drop(input, { p: this.dropout, training: this.training });
      const outputs = Array.from({ length: this.directions }, (_, direction) => {
        const i = layer * this.directions + direction;
        const before = initial.map((t) => t.at(i));
        const [end, ys] = sweep(this.pathOf(i), { x: input, inside }, before, onSweep);
        last.push(end);
        return ys;
      });
      input = outputs.length > 1 ? concat(outputs, 2) : outputs[0]!;
    }
    const ends = initial.map((_, k) => stack(last.map((end) => end[k]!)));
    const states = isBatch ? ends : ends.map((t) => t.squeeze(1));
    return [this.likeInput(input, isBatch), this.toState(states)];
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bidirectional, batchFirst } = this;
    const parts = [`${inputSize}`, `${hiddenSize}`];
    if (numLayers > 1) parts.push(`numLayers=${numLayers}`);
    if (this.weights[0]!.biasIh === null) parts.push('bias=false');
    if (batchFirst) parts.push('batchFirst=true');
    if (this.dropout > 0) parts.push(`dropout=${this.dropout}`);
    if (bidirectional) parts.push('bidirectional=true');
    if (this.checkpoint !== null) parts.push(`checkpoint=${this.checkpoint}`);
    return parts.join(', ');
  }

  /**
   * The result of `run`, in which `onSweep` is told of each layer and direction of each call.
   *
   * @internal
   */
  observe<R>(onSweep: (sweep: Sweep) => void, run: () => R): R {
    const before = this.#onSweep;
    this.#onSweep = onSweep;
    try {
      return run();
    } finally {
      this.#onSweep = before;
    }
  }

  /**
   * See `stepperOf`; of layers in one direction.
   *
   * @internal
   */
  stepper(inputs: Tensor): Stepper {
    return stepperOf(this.#recurrence, this.weights, inputs);
  }

  /** The tensors of a state, h first. */
  protected abstract ofState(state: State): readonly Tensor[];

  /** A state of these tensors. */
  protected abstract toState(tensors: readonly Tensor[]): State;

  protected override *members(): Generator<[string, unknown]> {
    for (const [i, w] of this.weights.entries()) {
      const layer = Math.floor(i / this.directions);
      yield* savedNames(w, `_l${layer}${i % this.directions === 1 ? '_reverse' : ''}`);
    }
    yield* super.members();
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** What goes over the sequence with the weights at this position. */
  private pathOf(index: number): Path {
    const { checkpoint, directions } = this;
    return {
      recurrence: this.#recurrence,
      weights: this.weights[index]!,
      layer: Math.floor(index / directions),
      reverse: index % directions === 1,
      checkpoint,
    };
  }

  /** Whether x is a batch, not one sequence. Throws unless it is one of them. */
  private checkInput(x: Tensor): boolean {
    const { name } = this.constructor;
    const { inputSize, batchFirst, weights } = this;
    if ((x.rank !== 3 && x.rank !== 2) || x.shape.at(-1) !== inputSize) {
      throw new ShapeError(
        `${name}: input is ${formatShape(x.shape)}; give one ` +
          `${batchFirst ? '[N, T, D]' : '[T, N, D]'} or [T, D] with D = ${inputSize}.`,
      );
    }
    checkDType(name, 'input', x, weights[0]!.weightIh.dtype);
    return x.rank === 3;
  }

  /** As [T, N, D]. */
  private stepsFirst(x: Tensor, isBatch: boolean): Tensor {
    if (!isBatch) return x.unsqueeze(1);
    return this.batchFirst ? x.transpose(0, 1) : x;
  }

  /** [T, N, …] as the input was. */
  private likeInput(y: Tensor, isBatch: boolean): Tensor {
    if (!isBatch) return y.squeeze(1);
    return this.batchFirst ? y.transpose(0, 1) : y;
  }

  /** The tensors of the first state, [L · directions, N, H]. */
  private initialStates(state: State | null, shape: Shape, isBatch: boolean): readonly Tensor[] {
    const { dtype } = this.weights[0]!.weightIh;
    const { states } = this.#recurrence;
    if (state === null) return Array.from({ length: states }, () => zeros(shape, { dtype }));
    const tensors = this.ofState(state);
    const given = isBatch ? shape : shape.filter((_, axis) => axis !== 1);
    const letters = isBatch ? '[L · directions, N, H]' : '[L · directions, H]';
    checkState(this.constructor.name, tensors, { shape: given, dtype }, letters);
    return isBatch ? tensors : tensors.map((t) => t.unsqueeze(1));
  }
}
