import type { Tensor } from '../../tensor/index.js';
import { requireCount } from '../check.js';
import type { UnaryModule } from '../module.js';
import { Module } from '../module.js';
import type {
  DecoderLayerCallOptions,
  TransformerDecoderLayer,
} from './transformer-decoder-layer.js';
import type { TransformerStackOptions } from './transformer-encoder.js';

/**
 * Layers of a decoder on top of each other, all of which look at the same memory. `makeLayer` makes
 * one, and is called for each.
 *
 * @throws ArgumentError unless numLayers is a count.
 *
 * @example
 * const decoder = new TransformerDecoder(
 *   () => new TransformerDecoderLayer(64, 4, { dimFeedforward: 128, batchFirst: true }),
 *   2,
 * );
 * decoder.forward(rand([2, 7, 64]), rand([2, 10, 64]), { tgtIsCausal: true }); // [2, 7, 64]
 */
export class TransformerDecoder extends Module {
  readonly layers: readonly TransformerDecoderLayer[];
  readonly norm: UnaryModule | null;

  constructor(
    makeLayer: (index: number) => TransformerDecoderLayer,
    readonly numLayers: number,
    { norm = null }: TransformerStackOptions = {},
  ) {
    super();
    requireCount('TransformerDecoder', 'numLayers', numLayers);
    this.layers = Array.from({ length: numLayers }, (_, i) => makeLayer(i));
    this.norm = norm;
  }

  /** As `TransformerDecoderLayer.forward`, by each layer. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderLayerCallOptions = {}): Tensor {
    const y = this.layers.reduce((x, layer) => layer.forward(x, memory, options), tgt);
    return this.norm ? this.norm.forward(y) : y;
  }
}
