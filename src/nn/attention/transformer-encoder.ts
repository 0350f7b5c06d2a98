import type { Tensor } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import { Module } from '../module.js';
import type {
  EncoderLayerCallOptions,
  TransformerEncoderLayer,
} from './transformer-encoder-layer.js';
import type { UnaryModule } from '../module.js';

/** Options of `TransformerEncoder` and `TransformerDecoder`. */
export interface TransformerStackOptions {
  /** What is applied to the last layer's output, such as a LayerNorm. Default: nothing. */
  readonly norm?: UnaryModule | null;
}

/**
 * Layers of an encoder on top of each other. `makeLayer` makes one, and is called for each: layers so
 * start with weights of their own, where PyTorch copies those of one.
 *
 * @throws ArgumentError unless numLayers is a count.
 *
 * @example
 * const encoder = new TransformerEncoder(
 *   () => new TransformerEncoderLayer(64, 4, { dimFeedforward: 128, batchFirst: true }),
 *   2,
 * );
 * encoder.forward(rand([2, 10, 64])); // [2, 10, 64]
 */
export class TransformerEncoder extends Module {
  readonly layers: readonly TransformerEncoderLayer[];
  readonly norm: UnaryModule | null;

  constructor(
    makeLayer: (index: number) => TransformerEncoderLayer,
    readonly numLayers: number,
    { norm = null }: TransformerStackOptions = {},
  ) {
    super();
    requireCount('TransformerEncoder', 'numLayers', numLayers);
    this.layers = Array.from({ length: numLayers }, (_, i) => makeLayer(i));
    this.norm = norm;
  }

  /** As `TransformerEncoderLayer.forward`, by each layer. */
  forward(src: Tensor, options: EncoderLayerCallOptions = {}): Tensor {
    const y = this.layers.reduce((x, layer) => layer.forward(x, options), src);
    return this.norm ? this.norm.forward(y) : y;
  }
}
