import type { DType } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { arange, Parameter, requireRange, uniform, where, zeros } from '../../tensor/index.js';
import { requireCount, requireOption } from '../check.js';
import { Embedding } from '../embedding.js';
import { dropout as drop } from '../functional/dropout.js';
import { linear } from '../functional/linear.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import { GRU } from '../recurrent/gru.js';
import { LSTM } from '../recurrent/lstm.js';
import { RNN } from '../recurrent/rnn.js';
import { byColumns, computed } from '../recurrent/stepper.js';
import type { LanguageModel, LanguageStep, LanguageStepper } from './language-model.js';

/** The recurrences that a language model can have. */
export type RecurrentKind = 'lstm' | 'gru' | 'rnn';

/** Options of `RecurrentLanguageModel`. */
export interface RecurrentLanguageModelOptions {
  /** 'lstm' (the default), 'gru' or 'rnn', with tanh. */
  readonly kind?: RecurrentKind;
  /** E, numbers for each symbol. Default H. */
  readonly embeddingSize?: number;
  /** H, units of each layer. Default 256. */
  readonly hiddenSize?: number;
  /** Recurrent layers on top of each other, L. Default 1. */
  readonly numLayers?: number;
  /**
   * In training, the probability with which the elements of the vectors of symbols, and of the
   * outputs of each layer, are dropped. Default 0.
   */
  readonly dropout?: number;
  /** The output uses the table of vectors as its weight; takes E = H. Default false. */
  readonly tied?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** The state behind a symbol: h, and of an LSTM c, each [L, N, H]. */
export type RecurrentLanguageState = readonly Tensor[];

/**
 * A recurrent language model: vectors of symbols, `LSTM`, `GRU` or `RNN` layers, and logits of the
 * symbol that comes next; Mikolov and others, 2010. With `tied` the vectors are the weight of the
 * output too: Press and Wolf, 2016, arXiv:1608.05859.
 *
 * Weights start as those of the layers do, but for the gate f of an LSTM, whose bias is 1 (Jozefowicz
 * and others, 2015), and for tied vectors, uniform on ±0.1, as logits would be large otherwise.
 *
 * @throws ArgumentError for sizes and options that cannot be.
 *
 * @example
 * const model = new RecurrentLanguageModel(65, { hiddenSize: 128, dropout: 0.1 });
 * const ids = tensor([[1, 2, 3], [4, 5, 6]], { dtype: 'i32' });
 * model.forward(ids); // logits [2, 3, 65]
 * const { logits, state } = model.step(tensor([1, 4], { dtype: 'i32' })); // [2, 65]
 * model.step(tensor([2, 5], { dtype: 'i32' }), state);
 */
export class RecurrentLanguageModel
  extends Module
  implements LanguageModel<RecurrentLanguageState>
{
  readonly kind: RecurrentKind;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly dropout: number;
  readonly embedding: Embedding;
  readonly recurrent: LSTM | GRU | RNN;
  /** Of the output, [V, H]; null where it is tied. */
  readonly output: Linear | null;
  /** Of the output where it is tied, [V], else null. */
  readonly outputBias: Parameter | null;

  constructor(
    readonly vocabularySize: number,
    options: RecurrentLanguageModelOptions = {},
  ) {
    super();
    const { kind = 'lstm', hiddenSize = 256, numLayers = 1, dropout = 0, tied = false } = options;
    const { embeddingSize = hiddenSize, dtype = 'f32', generator } = options;
    const name = 'RecurrentLanguageModel';
    requireCount(name, 'vocabularySize', vocabularySize);
    requireCount(name, 'hiddenSize', hiddenSize);
    requireCount(name, 'embeddingSize', embeddingSize);
    if (!Object.hasOwn(LAYERS, kind)) {
      throw new ArgumentError(`${name}: kind is '${String(kind)}'; use 'lstm', 'gru' or 'rnn'.`);
    }
    const isShare = dropout >= 0 && dropout < 1;
    requireOption(name, 'dropout', dropout, isShare, 'a probability of at least 0 and below 1');
    if (tied && embeddingSize !== hiddenSize) {
      throw new ArgumentError(
        `${name}: tied takes vectors of symbols as wide as the layers, and embeddingSize is ` +
          `${embeddingSize}, hiddenSize ${hiddenSize}; make them equal, or leave tied out.`,
      );
    }
    const made = generator ? { dtype, generator } : { dtype };
    this.kind = kind;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.dropout = dropout;
    this.embedding = new Embedding(vocabularySize, embeddingSize, made);
    this.recurrent = new LAYERS[kind](embeddingSize, hiddenSize, { ...made, numLayers, dropout });
    if (kind === 'lstm') openForgetGates(this.recurrent);
    this.output = tied ? null : new Linear(hiddenSize, vocabularySize, made);
    this.outputBias = tied ? new Parameter(zeros([vocabularySize], { dtype })) : null;
    if (tied) this.embedding.weight.assign(uniform(-0.1, 0.1, [vocabularySize, hiddenSize], made));
  }

  /**
   * Logits of what follows each symbol.
   *
   * @param ids i32 [N, T], from 0 to V - 1.
   * @returns [N, T, V].
   * @throws ShapeError, DTypeError or IndexError where they do not fit.
   */
  forward(ids: Tensor): Tensor {
    return this.run(ids).logits;
  }

  /**
   * As `forward`, from a state, and with the one behind the last symbol: sequences in parts give what
   * they give as a whole.
   *
   * @param ids i32 [N, T].
   * @param state What a call before has given. Default zeros.
   * @returns Logits [N, T, V] and the state.
   * @throws As `forward`.
   */
  run(
    ids: Tensor,
    state: RecurrentLanguageState | null = null,
  ): LanguageStep<RecurrentLanguageState> {
    if (ids.rank !== 2) {
      throw new ShapeError(
        `RecurrentLanguageModel: ids are ${formatShape(ids.shape)}; give [N, T], or [N] to step().`,
      );
    }
    const { recurrent, dropout: p, training, vocabularySize } = this;
    const known = `use numbers from 0 to ${vocabularySize - 1}`;
    requireRange(
      ids,
      0,
      vocabularySize,
      (id) => `RecurrentLanguageModel: ids have ${id}; ${known}.`,
    );
    const x = drop(this.embedding.forward(ids.transpose(0, 1)), { p, training });
    const [hidden, next] = (recurrent as Sequencer).forward(x, state && asLayerState(state));
    const logits = this.project(drop(hidden, { p, training }));
    return { logits: logits.transpose(0, 1), state: Array.isArray(next) ? next : [next as Tensor] };
  }

  /**
   * Logits of what follows one more symbol of each sequence.
   *
   * @param ids i32 [N].
   * @param state What the step or the `run` before has given. Default zeros: the first symbol.
   * @returns Logits [N, V] and the state.
   * @throws As `forward`.
   */
  step(
    ids: Tensor,
    state: RecurrentLanguageState | null = null,
  ): LanguageStep<RecurrentLanguageState> {
    if (ids.rank !== 1) {
      throw new ShapeError(
        `RecurrentLanguageModel: step takes ids [N], a symbol of each sequence, not ` +
          `${formatShape(ids.shape)}.`,
      );
    }
    const { logits, state: next } = this.run(ids.unsqueeze(1), state);
    return { logits: logits.squeeze(1), state: next };
  }

  /** The state of N sequences that have not begun: zeros [L, N, H]. */
  initialState(batch: number): RecurrentLanguageState {
    requireCount('RecurrentLanguageModel', 'batch', batch);
    const { dtype } = this.embedding.weight;
    const shape = [this.numLayers, batch, this.hiddenSize];
    return Array.from({ length: this.kind === 'lstm' ? 2 : 1 }, () => zeros(shape, { dtype }));
  }

  /** Products with the table of vectors are made beforehand, and weights laid out for a single row. */
  stepper(batch: number): LanguageStepper<RecurrentLanguageState> {
    const next = this.recurrent.stepper(this.embedding.weight);
    const weight = byColumns(this.output === null ? this.embedding.weight : this.output.weight);
    const bias = computed((this.output?.bias ?? this.outputBias!).detach().clone());
    return {
      initial: this.initialState(batch),
      step(ids, state) {
        const [hidden, after] = next(ids, state);
        return { logits: linear(hidden, weight, bias), state: after };
      },
    };
  }

  override extraRepr(): string {
    return this.output === null ? `${this.vocabularySize}, tied=true` : `${this.vocabularySize}`;
  }

  private project(hidden: Tensor): Tensor {
    if (this.output !== null) return this.output.forward(hidden);
    return linear(hidden, this.embedding.weight, this.outputBias!);
  }
}

const LAYERS = { lstm: LSTM, gru: GRU, rnn: RNN } as const;

/** What the three have in common; their states are one tensor, or two. */
interface Sequencer {
  forward(x: Tensor, state: unknown): [output: Tensor, state: unknown];
}

const asLayerState = (state: RecurrentLanguageState): unknown =>
  state.length > 1 ? state : state[0];

/** b_ih + b_hh of the gate f becomes 1. */
function openForgetGates(layer: LSTM | GRU | RNN): void {
  for (const { biasIh, biasHh } of layer.weights) {
    const size = layer.hiddenSize;
    const gate = arange(4 * size, { dtype: 'i32' });
    const isForget = gate.ge(size).logicalAnd(gate.lt(2 * size));
    biasIh!.assign(where(isForget, 1, biasIh!.detach()));
    biasHh!.assign(where(isForget, 0, biasHh!.detach()));
  }
}
