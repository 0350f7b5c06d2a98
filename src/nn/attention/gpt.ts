import type { DType } from '../../engine/core/dtype.js';
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { arange, requireRange, zeros } from '../../tensor/index.js';
import { requireCount, requireProbability } from '../check.js';
import { Dropout } from '../dropout.js';
import { Embedding } from '../embedding.js';
import { linear } from '../functional/linear.js';
import { normal, zeros as setZeros } from '../init/index.js';
import { LayerNorm } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import type { LanguageModel } from '../language/language-model.js';
import { GPTBlock } from './gpt-block.js';
import type { KeyValueCache } from './key-value-cache.js';
import { emptyCache } from './key-value-cache.js';

/** Options of `GPT`. */
export interface GPTOptions {
  /** How many symbols there are, V. */
  readonly vocabularySize: number;
  /** The most positions of a sequence. */
  readonly contextLength: number;
  /** Default 6. */
  readonly layers?: number;
  /** Heads of each layer, a divisor of the width. Default 6. */
  readonly heads?: number;
  /** Features of each position, D. Default 192. */
  readonly width?: number;
  /** In training, of embeddings, weights of attention and what layers add. Default 0.1. */
  readonly dropout?: number;
  /** The table of symbols is the weight of the output, too. Default true. */
  readonly tieWeights?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** What a `GPT` keeps of the positions so far, between steps. */
export interface GPTState {
  /** Of each layer, room for contextLength positions. */
  readonly caches: readonly KeyValueCache[];
  /** i32 [], how many positions there have been. */
  readonly position: Tensor;
}

/** The logits of what comes next, and the state behind this step. */
export interface GPTStep {
  /** [N, V]. */
  readonly logits: Tensor;
  readonly state: GPTState;
}

/** A `GPT` made ready to write. */
export interface GPTStepper {
  /** Of sequences that have not begun. */
  readonly initial: GPTState;
  /** As `GPT.step`. */
  step(ids: Tensor, state: GPTState): GPTStep;
}

/** Of the first weights, as in GPT-2. */
const STD = 0.02;

/**
 * A language model: embeddings of symbols and learnt positions, causal Transformer layers with the
 * norm first and exact GELU, a last norm, and logits of the next symbol. First weights are those of
 * GPT-2: normal with standard deviation 0.02, and 0.02 / √(2 · layers) for what layers add to their
 * input; offsets are 0. Radford et al., 2019: Language models are unsupervised multitask learners.
 *
 * @throws ArgumentError for sizes that are no counts, where heads do not divide the width, or for a
 *   probability that cannot be.
 *
 * @example
 * const model = new GPT({ vocabularySize: 65, contextLength: 32, layers: 2, heads: 4, width: 64 });
 * model.forward(randint(0, 65, [8, 32])); // logits [8, 32, 65]
 * model.eval();
 * const first = model.step(tensor([3], { dtype: 'i32' })); // logits [1, 65]
 * model.step(tensor([7], { dtype: 'i32' }), first.state); // those behind 3, 7
 */
export class GPT extends Module implements LanguageModel<GPTState> {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly dropout: Dropout;
  readonly blocks: readonly GPTBlock[];
  readonly norm: LayerNorm;
  /** Null where the weights are tied. */
  readonly head: Linear | null;

  constructor({
    vocabularySize,
    contextLength,
    layers = 6,
    heads = 6,
    width = 192,
    dropout = 0.1,
    tieWeights = true,
    ...options
  }: GPTOptions) {
    super();
    const counts = { vocabularySize, contextLength, layers, heads, width };
    for (const [name, value] of Object.entries(counts)) requireCount('GPT', name, value);
    requireProbability('GPT', dropout);
    if (width % heads !== 0) {
      throw new ArgumentError(
        `GPT: width is ${width}, which heads = ${heads} does not divide; each head takes an equal ` +
          'share, so use a multiple.',
      );
    }
    this.vocabularySize = vocabularySize;
    this.contextLength = contextLength;
    this.tokens = new Embedding(vocabularySize, width, options);
    this.positions = new Embedding(contextLength, width, options);
    this.dropout = new Dropout(dropout);
    this.blocks = Array.from(
      { length: layers },
      () => new GPTBlock(width, heads, { ...options, dropout }),
    );
    this.norm = new LayerNorm(width, { dtype: options.dtype ?? 'f32' });
    this.head = tieWeights ? null : new Linear(width, vocabularySize, { ...options, bias: false });
    this.drawWeights(options.generator ? { generator: options.generator } : {});
  }

  /**
   * Logits of the symbol behind each position.
   *
   * @param ids i32 [N, T], 0 … V - 1, with T of at most contextLength.
   * @returns [N, T, V].
   * @throws ShapeError, DTypeError or IndexError where they do not fit.
   */
  forward(ids: Tensor): Tensor {
    const { contextLength } = this;
    if (ids.rank !== 2) {
      throw new ShapeError(`GPT: ids is ${formatShape(ids.shape)}; give [N, T].`);
    }
    const steps = ids.shape[1]!;
    if (steps > contextLength) {
      throw new ShapeError(
        `GPT: ids has T = ${steps} positions, and contextLength is ${contextLength}; give the last ` +
          `${contextLength}, or make a model with a longer context.`,
      );
    }
    const places = this.positions.forward(arange(steps, { dtype: 'i32' }));
    const x = this.dropout.forward(this.tokens.forward(ids).add(places));
    return this.logits(this.blocks.reduce((y, block) => block.forward(y), x));
  }

  /** What `step` starts from: no positions of N sequences. */
  initialState(batch: number): GPTState {
    requireCount('GPT.initialState', 'batch', batch);
    const { dtype } = this.tokens.weight;
    const caches = this.blocks.map(({ attention: { numHeads, embedDim } }) =>
      emptyCache([batch, numHeads, this.contextLength, embedDim / numHeads], dtype),
    );
    return { caches, position: zeros([], { dtype: 'i32' }) };
  }

  /**
   * Logits of the symbol behind `ids`, the next of each sequence: those that `forward` gives for its
   * last position. Keys and values of the positions before are in the state, so that a step costs the
   * same whatever their number. Nothing is dropped in evaluation alone: call `eval()` first.
   *
   * @param ids i32 [N], 0 … V - 1.
   * @param state Of the step before. Default: `initialState(N)`.
   * @throws ShapeError, DTypeError or IndexError where they do not fit, and IndexError behind
   *   contextLength positions; where the position is computed, as in a compiled function that makes
   *   several steps, only if `setChecked` is on.
   */
  step(ids: Tensor, state: GPTState | null = null): GPTStep {
    if (ids.rank !== 1) {
      throw new ShapeError(`GPT.step: ids is ${formatShape(ids.shape)}; give [N].`);
    }
    const { caches, position } = state ?? this.initialState(ids.shape[0]!);
    this.checkState(ids, caches, position);
    const place = this.positions.weight.indexSelect(0, position.reshape([1]));
    let x = this.tokens.forward(ids).add(place);
    const grown = this.blocks.map((block, i) => {
      const [y, cache] = block.step(x, caches[i]!, position);
      x = y;
      return cache;
    });
    return { logits: this.logits(x), state: { caches: grown, position: position.add(1) } };
  }

  /** `step` and what it starts from, as one object: what writing with a language model asks for. */
  stepper(batch: number): GPTStepper {
    return {
      initial: this.initialState(batch),
      step: (ids, state) => this.step(ids, state),
    };
  }

  override extraRepr(): string {
    return `${this.vocabularySize}, contextLength=${this.contextLength}`;
  }

  private logits(x: Tensor): Tensor {
    const y = this.norm.forward(x);
    return this.head ? this.head.forward(y) : linear(y, this.tokens.weight);
  }

  private checkState(ids: Tensor, caches: GPTState['caches'], position: Tensor): void {
    const { contextLength } = this;
    if (position.dtype !== 'i32' || position.rank !== 0) {
      throw new DTypeError(
        `GPT.step: position is ${position.dtype}${formatShape(position.shape)}; pass the state that ` +
          'initialState() or the step before gave.',
      );
    }
    const [N, T] = [ids.shape[0]!, contextLength];
    const fits = this.blocks.every(({ attention: { numHeads, embedDim } }, i) =>
      sameShape(caches[i]?.keys.shape ?? [], [N, numHeads, T, embedDim / numHeads]),
    );
    if (!fits || caches.length !== this.blocks.length) {
      throw new ShapeError(
        `GPT.step: the state, of ${caches.length} layers with keys ` +
          `${formatShape(caches[0]?.keys.shape ?? [])}, is not one of this model and N = ${N}; start ` +
          `with initialState(${N}).`,
      );
    }
    requireRange(
      position,
      0,
      contextLength,
      (value) =>
        `GPT.step: there have been ${value} positions, and contextLength is ${contextLength}; start ` +
        'anew from a state of fewer, or make a model with a longer context.',
    );
  }

  /** As GPT-2 begins. */
  private drawWeights(options: { readonly generator?: Generator }): void {
    const small = STD / Math.sqrt(2 * this.blocks.length);
    const draw = ({ weight, bias }: Linear, std = STD): void => {
      normal(weight, 0, std, options);
      if (bias) setZeros(bias);
    };
    normal(this.tokens.weight, 0, STD, options);
    normal(this.positions.weight, 0, STD, options);
    for (const { attention, up, down } of this.blocks) {
      normal(attention.inProjWeight!, 0, STD, options);
      draw(attention.outProj, small);
      draw(up);
      draw(down, small);
    }
    if (this.head) draw(this.head);
  }
}
