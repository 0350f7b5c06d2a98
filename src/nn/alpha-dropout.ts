import type { Tensor } from '../tensor/index.js';
import { Dropout } from './dropout.js';
import { alphaDropout, featureAlphaDropout } from './functional/alpha-dropout.js';

/**
 * `alphaDropout` in training: what goes with SELU, as it keeps mean 0 and variance 1; in evaluation
 * nothing happens.
 *
 * @example
 * const model = new Sequential(new Linear(8, 8), new AlphaDropout(0.1), new Linear(8, 2));
 */
export class AlphaDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    return alphaDropout(x, this);
  }
}

/** `featureAlphaDropout` of inputs [N, C, …]: whole channels; otherwise as `AlphaDropout`. */
export class FeatureAlphaDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    return featureAlphaDropout(x, this);
  }
}
