/** Losses of distances and ranks as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type { MarginOptions } from './functional/margin-losses.js';
import { hingeEmbeddingLoss, marginRankingLoss } from './functional/margin-losses.js';
import { Loss } from './loss.js';

/** `marginRankingLoss` of two inputs and which is to be the larger. */
export class MarginRankingLoss extends Loss<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
  }

  forward(input: Tensor, other: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(input, other, target, this.options);
  }
}

/** `hingeEmbeddingLoss` of distances and whether they are to be small. */
export class HingeEmbeddingLoss extends Loss<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, this.options);
  }
}
