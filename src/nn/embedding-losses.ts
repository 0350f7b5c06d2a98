/** Losses of distances and ranks as modules: see the functions of the same names. */
import type { Tensor } from '../tensor/index.js';
import type {
  CosineEmbeddingLossOptions,
  TripletMarginLossOptions,
} from './functional/embedding-losses.js';
import { cosineEmbeddingLoss, tripletMarginLoss } from './functional/embedding-losses.js';
import type { InfoNceLossOptions } from './functional/info-nce-loss.js';
import { infoNceLoss } from './functional/info-nce-loss.js';
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

/** `cosineEmbeddingLoss` of two inputs and whether they are to be alike. */
export class CosineEmbeddingLoss extends Loss<CosineEmbeddingLossOptions> {
  constructor(options: CosineEmbeddingLossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, other: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input, other, target, this.options);
  }
}

/** `tripletMarginLoss` of anchors, samples of their kind and of another. */
export class TripletMarginLoss extends Loss<TripletMarginLossOptions> {
  constructor(options: TripletMarginLossOptions = {}) {
    super(options);
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/** `infoNceLoss` of queries, their positives and, if there are any of their own, negatives. */
export class InfoNCELoss extends Loss<Omit<InfoNceLossOptions, 'negatives'>> {
  constructor(options: Omit<InfoNceLossOptions, 'negatives'> = {}) {
    super(options);
  }

  forward(query: Tensor, positive: Tensor, negatives?: Tensor): Tensor {
    return infoNceLoss(query, positive, { ...this.options, ...(negatives && { negatives }) });
  }
}
