import type { Tensor } from '../tensor/index.js';
import { ChannelNorm, type ChannelNormOptions } from './channel-norm.js';
import { instanceNorm } from './functional/instance-norm.js';

/** Instance normalisation for inputs of some rank. */
abstract class InstanceNorm extends ChannelNorm {
  /**
   * @param numFeatures C, the number of channels.
   * @param options.affine Default false.
   * @param options.trackRunningStats Default false.
   * @throws ArgumentError for a number of channels, ε or momentum that cannot be.
   */
  constructor(numFeatures: number, options: ChannelNormOptions = {}) {
    super(numFeatures, { affine: false, trackRunningStats: false, ...options });
  }

  protected normalize(x: Tensor): Tensor {
    const { eps, runningMean, runningVar, weight, bias } = this;
    const useInputStats = this.training || runningMean === null;
    const options = { useInputStats, momentum: this.weightOfBatch(), eps };
    const y = instanceNorm(x, runningMean, runningVar, weight, bias, options);
    // PyTorch counts none; the average of all batches needs their number.
    if (this.training && this.momentum === null) this.countBatch();
    return y;
  }
}

/**
 * `instanceNorm` of inputs [N, C, L]: each channel of each sample by itself. Ulyanov and others, 2016,
 * arXiv:1607.08022.
 *
 * @example
 * new InstanceNorm1d(4).forward(rand([8, 4, 32])); // 32 rows with mean 0 and variance 1
 */
export class InstanceNorm1d extends InstanceNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [3], '[N, C, L]');
    return this.normalize(x);
  }
}

/** `instanceNorm` of inputs [N, C, H, W]; otherwise as `InstanceNorm1d`. */
export class InstanceNorm2d extends InstanceNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [4], '[N, C, H, W]');
    return this.normalize(x);
  }
}

/** `instanceNorm` of inputs [N, C, D, H, W]; otherwise as `InstanceNorm1d`. */
export class InstanceNorm3d extends InstanceNorm {
  forward(x: Tensor): Tensor {
    this.checkInput(x, [5], '[N, C, D, H, W]');
    return this.normalize(x);
  }
}
