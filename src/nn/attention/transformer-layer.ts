import type { DType } from '../../engine/core/dtype.js';
import { ArgumentError } from '../../engine/core/errors.js';
import type { Generator as RandomGenerator, Tensor } from '../../tensor/index.js';
import { requireCount, requireProbability } from '../check.js';
import { Dropout } from '../dropout.js';
import { gelu } from '../functional/smooth-rectifiers.js';
import { relu } from '../functional/rectifiers.js';
import { LayerNorm } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import { MultiheadAttention } from './multihead-attention.js';

/** Options of `TransformerEncoderLayer` and `TransformerDecoderLayer`. */
export interface TransformerLayerOptions {
  /** Units between the two linear layers. Default 2048. */
  readonly dimFeedforward?: number;
  /** In training, the probability with which elements and weights are dropped. Default 0.1. */
  readonly dropout?: number;
  /** Between the two linear layers; 'gelu' is the exact one. Default 'relu'. */
  readonly activation?: 'relu' | 'gelu' | ((x: Tensor) => Tensor);
  /** ε of the layer norms. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Sequences are [N, T, D] instead of [T, N, D]. Default false. */
  readonly batchFirst?: boolean;
  /** Normalise what goes into each part, not the sum that comes out. Default false. */
  readonly normFirst?: boolean;
  /** Add trained offsets in linear layers and layer norms. Default true. */
  readonly bias?: boolean;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: RandomGenerator;
}

const SAVED_AS: Readonly<Record<string, string>> = {
  selfAttn: 'self_attn',
  multiheadAttn: 'multihead_attn',
};

/** What layers of encoder and decoder share: self-attention, two linear layers, and norms. */
export abstract class TransformerLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly normFirst: boolean;
  readonly #activation: (x: Tensor) => Tensor;

  protected constructor(
    readonly dModel: number,
    readonly nhead: number,
    options: TransformerLayerOptions,
  ) {
    super();
    const { name } = new.target;
    const { dimFeedforward = 2048, dropout = 0.1, normFirst = false } = options;
    requireCount(name, 'dModel', dModel);
    requireCount(name, 'dimFeedforward', dimFeedforward);
    requireProbability(name, dropout);
    this.#activation = activationOf(name, options.activation ?? 'relu');
    this.selfAttn = attentionOf(dModel, nhead, options);
    this.linear1 = new Linear(dModel, dimFeedforward, options);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, options);
    this.norm1 = normOf(dModel, options);
    this.norm2 = normOf(dModel, options);
    this.normFirst = normFirst;
  }

  /** x + part(norm(x)) where norms come first, else norm(x + part(x)); the part is dropped out. */
  protected around(norm: LayerNorm, x: Tensor, part: (x: Tensor) => Tensor): Tensor {
    if (this.normFirst) return x.add(this.dropout.forward(part(norm.forward(x))));
    return norm.forward(x.add(this.dropout.forward(part(x))));
  }

  /** The two linear layers. */
  protected feedForward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(this.#activation(this.linear1.forward(x))));
  }

  protected override *members(): Generator<[string, unknown]> {
    for (const [name, value] of super.members()) yield [SAVED_AS[name] ?? name, value];
  }
}

/** Attention with the options of a layer. */
export function attentionOf(
  dModel: number,
  nhead: number,
  { activation: _, dropout = 0.1, ...options }: TransformerLayerOptions,
): MultiheadAttention {
  return new MultiheadAttention(dModel, nhead, { ...options, dropout });
}

/** A layer norm with the options of a layer. */
export function normOf(
  dModel: number,
  { layerNormEps = 1e-5, bias = true, dtype = 'f32' }: TransformerLayerOptions,
): LayerNorm {
  return new LayerNorm(dModel, { eps: layerNormEps, bias, dtype });
}

function activationOf(
  owner: string,
  activation: NonNullable<TransformerLayerOptions['activation']>,
): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  if (activation === 'relu') return relu;
  if (activation === 'gelu') return (x) => gelu(x);
  throw new ArgumentError(
    `${owner}: activation is '${String(activation)}'; use 'relu', 'gelu' or a function.`,
  );
}
