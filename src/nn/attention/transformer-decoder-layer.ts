import type { Tensor } from '../../tensor/index.js';
import type { LayerNorm } from '../layer-norm.js';
import type { MultiheadAttention } from './multihead-attention.js';
import type { TransformerLayerOptions } from './transformer-layer.js';
import { TransformerLayer, attentionOf, normOf } from './transformer-layer.js';

/** Options of a call of `TransformerDecoderLayer`. */
export interface DecoderLayerCallOptions {
  /** Bool [T, T] or [N · heads, T, T], true where it is forbidden to look, or floats to add. */
  readonly tgtMask?: Tensor | null;
  /** Bool [T, S] or [N · heads, T, S], likewise. */
  readonly memoryMask?: Tensor | null;
  /** Bool [N, T], true for positions that are padding, or floats to add. */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** Bool [N, S], likewise. */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /** Positions look at those before them alone. Default false. */
  readonly tgtIsCausal?: boolean;
  /** Position t looks at 0 … t of the memory alone. Default false. */
  readonly memoryIsCausal?: boolean;
}

/**
 * A layer of a Transformer's decoder: self-attention, attention to the encoder's outputs, then two
 * linear layers for each position, each beside what it is given, with dropout and layer norm. Vaswani
 * et al., 2017, arXiv:1706.03762.
 *
 * @throws ArgumentError as `TransformerEncoderLayer`.
 *
 * @example
 * const layer = new TransformerDecoderLayer(64, 4, { batchFirst: true });
 * const [tgt, memory] = [rand([2, 7, 64]), rand([2, 10, 64])];
 * layer.forward(tgt, memory, { tgtIsCausal: true }); // [2, 7, 64]
 */
export class TransformerDecoderLayer extends TransformerLayer {
  readonly multiheadAttn: MultiheadAttention;
  readonly norm3: LayerNorm;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
    this.multiheadAttn = attentionOf(dModel, nhead, options);
    this.norm3 = normOf(dModel, options);
  }

  /**
   * @param tgt [T, N, D], with `batchFirst` [N, T, D], or without a batch [T, D].
   * @param memory What the encoder gives, with S in place of T.
   * @returns The shape of tgt.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(tgt: Tensor, memory: Tensor, options: DecoderLayerCallOptions = {}): Tensor {
    const own = {
      attnMask: options.tgtMask ?? null,
      keyPaddingMask: options.tgtKeyPaddingMask ?? null,
      isCausal: options.tgtIsCausal ?? false,
    };
    const cross = {
      attnMask: options.memoryMask ?? null,
      keyPaddingMask: options.memoryKeyPaddingMask ?? null,
      isCausal: options.memoryIsCausal ?? false,
    };
    const x = this.around(this.norm1, tgt, (y) => this.selfAttn.forward(y, y, y, own)[0]);
    const z = this.around(
      this.norm2,
      x,
      (y) => this.multiheadAttn.forward(y, memory, memory, cross)[0],
    );
    return this.around(this.norm3, z, (y) => this.feedForward(y));
  }
}
