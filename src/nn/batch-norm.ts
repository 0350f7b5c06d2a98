import type { Tensor } from '../tensor/index.js';
import { ChannelNorm, type ChannelNormOptions } from './channel-norm.js';
import { batchNorm } from './functional/batch-norm.js';

/** Batch normalisation for inputs of some ranks. */
abstract class BatchNorm extends ChannelNorm {
  /**
   * @param numFeatures C, the number of channels.
   * @param options.affine Default true.
   * @param options.trackRunningStats Default true.
   * @throws ArgumentError for a number of channels, ε or momentum that cannot be.
   */
  constructor(numFeatures: number, options: ChannelNormOptions = {}) {
    super(numFeatures, { affine: true, trackRunningStats: true, ...options });
  }

  protected normalize(x: Tensor): Tensor {
    const { eps, runningMean, runningVar, weight, bias } = this;
    const training = this.training || runningMean === null;
    const options = { training, momentum: this.weightOfBatch(), eps };
    const y = batchNorm(x, runningMean, runningVar, weight, bias, options);
    if (this.training) this.countBatch();
    return y;
  }
}

/**
 * `batchNorm` of inputs [N, C] or [N, C, L]: in training by the batch, in evaluation by the running
 * statistics, if there are any. Ioffe and Szegedy, 2015, arXiv:1502.03167.
 *
 * @example
 * const layer = new BatchNorm1d(16);
 * layer.forward(rand([64, 16])); // each of 16 features with mean 0 and variance 1
 */
export class BatchNorm1d extends BatchNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [2, 3], '[N, C] or [N, C, L]');
    return this.normalize(x);
  }
}

/** `batchNorm` of inputs [N, C, H, W]; otherwise as `BatchNorm1d`. */
export class BatchNorm2d extends BatchNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [4], '[N, C, H, W]');
    return this.normalize(x);
  }
}

/** `batchNorm` of inputs [N, C, D, H, W]; otherwise as `BatchNorm1d`. */
export class BatchNorm3d extends BatchNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [5], '[N, C, D, H, W]');
    return this.normalize(x);
  }
}
