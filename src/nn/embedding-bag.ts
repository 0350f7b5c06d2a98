import type { Generator, Parameter, Tensor } from '../tensor/index.js';
import type { DType } from '../engine/core/dtype.js';
import { requireCount } from './check.js';
import { drawTable } from './embedding.js';
import { embeddingBag, type EmbeddingBagFunctionOptions } from './functional/embedding-bag.js';
import { requireMaxNorm, requirePaddingIdx } from './functional/embedding.js';
import { Module } from './module.js';

/** Options of `EmbeddingBag`. */
export interface EmbeddingBagOptions extends Omit<
  EmbeddingBagFunctionOptions,
  'offsets' | 'perSampleWeights'
> {
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first vectors come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * `embeddingBag` with a trained table, which starts as that of `Embedding`.
 *
 * @example
 * const layer = new EmbeddingBag(1000, 64, { mode: 'sum' });
 * layer.forward(tensor([[5, 7, 0], [2, 0, 0]], { dtype: 'i32' })); // [2, 64]
 */
export class EmbeddingBag extends Module {
  /** w, [V, D]. */
  readonly weight: Parameter;
  readonly #options: EmbeddingBagFunctionOptions;

  /** @throws ArgumentError for sizes and options that cannot be. */
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    { dtype = 'f32', generator, ...options }: EmbeddingBagOptions = {},
  ) {
    super();
    requireCount('EmbeddingBag', 'numEmbeddings', numEmbeddings);
    requireCount('EmbeddingBag', 'embeddingDim', embeddingDim);
    const padding = requirePaddingIdx('EmbeddingBag', options.paddingIdx, numEmbeddings);
    const { maxNorm, normType = 2 } = options;
    if (maxNorm !== undefined) requireMaxNorm('EmbeddingBag', maxNorm, normType);
    this.#options = options;
    this.weight = drawTable([numEmbeddings, embeddingDim], padding, { dtype, generator });
  }

  /** The bags of `input`, [B, T] or with `offsets` [n]. */
  forward(
    input: Tensor,
    {
      offsets,
      perSampleWeights,
    }: Pick<EmbeddingBagFunctionOptions, 'offsets' | 'perSampleWeights'> = {},
  ): Tensor {
    return embeddingBag(input, this.weight, {
      ...this.#options,
      ...(offsets ? { offsets } : {}),
      ...(perSampleWeights ? { perSampleWeights } : {}),
    });
  }

  override extraRepr(): string {
    return `${this.numEmbeddings}, ${this.embeddingDim}, mode=${this.#options.mode ?? 'mean'}`;
  }
}
