import type { Tensor } from '../../tensor/index.js';
import type { TransformerLayerOptions } from './transformer-layer.js';
import { TransformerLayer } from './transformer-layer.js';

/** Options of a call of `TransformerEncoderLayer`. */
export interface EncoderLayerCallOptions {
  /** Bool [T, T] or [N · heads, T, T], true where it is forbidden to look, or floats to add. */
  readonly srcMask?: Tensor | null;
  /** Bool [N, T], true for positions that are padding, or floats to add. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Positions look at those before them alone. Default false. */
  readonly isCausal?: boolean;
}

/**
 * A layer of a Transformer's encoder: self-attention, then two linear layers for each position, each
 * beside what it is given, with dropout and layer norm. With `isCausal` it is a layer of a language
 * model. Vaswani et al., 2017, arXiv:1706.03762; norms first: Xiong et al., 2020, arXiv:2002.04745.
 *
 * @throws ArgumentError for sizes that are no counts, where heads do not divide dModel, or for an
 *   activation or probability that cannot be.
 *
 * @example
 * const layer = new TransformerEncoderLayer(64, 4, { dimFeedforward: 128, batchFirst: true });
 * layer.forward(rand([2, 10, 64])); // [2, 10, 64]
 */
export class TransformerEncoderLayer extends TransformerLayer {
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
  }

  /**
   * @param src [T, N, D], with `batchFirst` [N, T, D], or without a batch [T, D].
   * @returns The shape of src.
   * @throws ShapeError or DTypeError where they do not fit.
   */
  forward(
    src: Tensor,
    { srcMask = null, srcKeyPaddingMask = null, isCausal = false }: EncoderLayerCallOptions = {},
  ): Tensor {
    const masks = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal };
    const x = this.around(this.norm1, src, (y) => this.selfAttn.forward(y, y, y, masks)[0]);
    return this.around(this.norm2, x, (y) => this.feedForward(y));
  }
}
