import type { DType } from '../engine/core/dtype.js';
import { ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { Generator, Tensor } from '../tensor/index.js';
import { Parameter, arange, randn, where } from '../tensor/index.js';
import { requireCount } from './check.js';
import { embedding, requireMaxNorm, requirePaddingIdx } from './functional/embedding.js';
import type { EmbeddingFunctionOptions } from './functional/embedding.js';
import { Module } from './module.js';

/** Options of `Embedding`. */
export interface EmbeddingOptions extends EmbeddingFunctionOptions {
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first vectors come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Options of `Embedding.fromPretrained`. */
export interface PretrainedEmbeddingOptions extends EmbeddingFunctionOptions {
  /** Leave the vectors as they are in training. Default true. */
  readonly freeze?: boolean;
}

/**
 * A vector for each of a fixed number of symbols: `embedding` with a trained table. Vectors start
 * normal with mean 0 and standard deviation 1, that of `paddingIdx` as zeros, as in PyTorch.
 *
 * Input i32 [*], any shape, output [*, D]. Throws as `embedding` does.
 *
 * @example
 * const layer = new Embedding(1000, 64, { paddingIdx: 0 });
 * layer.forward(tensor([[5, 7, 0], [2, 0, 0]], { dtype: 'i32' })); // [2, 3, 64]
 */
export class Embedding extends Module {
  /** w, [V, D]. */
  readonly weight: Parameter;
  /** The row without a gradient, from 0 on, or undefined. */
  readonly paddingIdx: number | undefined;
  readonly #options: EmbeddingFunctionOptions;

  /** @throws ArgumentError for sizes and options that cannot be. */
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    { dtype = 'f32', generator, ...options }: EmbeddingOptions = {},
  ) {
    super();
    requireCount('Embedding', 'numEmbeddings', numEmbeddings);
    requireCount('Embedding', 'embeddingDim', embeddingDim);
    this.paddingIdx = requirePaddingIdx('Embedding', options.paddingIdx, numEmbeddings);
    const { maxNorm, normType = 2 } = options;
    if (maxNorm !== undefined) requireMaxNorm('Embedding', maxNorm, normType);
    this.#options = options;
    this.weight = drawTable([numEmbeddings, embeddingDim], this.paddingIdx, { dtype, generator });
  }

  /**
   * A layer with vectors from elsewhere, [V, D], a copy; frozen unless `freeze` is false. The row
   * `paddingIdx` keeps its values.
   */
  static fromPretrained(
    embeddings: Tensor,
    { freeze = true, ...options }: PretrainedEmbeddingOptions = {},
  ): Embedding {
    if (embeddings.rank !== 2) {
      throw new ShapeError(
        `Embedding.fromPretrained: embeddings are ${formatShape(embeddings.shape)}; give [V, D].`,
      );
    }
    const { dtype } = embeddings;
    const layer = new Embedding(embeddings.shape[0]!, embeddings.shape[1]!, { dtype, ...options });
    layer.weight.assign(embeddings.detach());
    layer.weight.requiresGrad = !freeze;
    return layer;
  }

  forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.#options);
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    const padding = paddingIdx === undefined ? '' : `, paddingIdx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${padding}`;
  }
}

/** A table drawn as PyTorch's: standard normal, and zeros for padding. */
export function drawTable(
  shape: readonly [rows: number, dim: number],
  paddingIdx: number | undefined,
  { dtype, generator }: { readonly dtype: DType; readonly generator: Generator | undefined },
): Parameter {
  const drawn = randn([...shape], generator ? { dtype, generator } : { dtype });
  if (paddingIdx === undefined) return new Parameter(drawn);
  const isPadding = arange(shape[0]).eq(paddingIdx).unsqueeze(1);
  return new Parameter(where(isPadding, 0, drawn));
}
