import type { Tensor } from '../tensor/index.js';
import type { BlockOptions } from './basic-block.js';
import { Conv2d } from './convolution.js';
import { globalAvgPool } from './functional/global-pool.js';
import { Module } from './module.js';

/**
 * Each channel scaled by what the means of all say about it: y = x · σ(W₂ relu(W₁ mean(x) + b₁) + b₂).
 * Weights are those of 1×1 convolutions, and names those of torchvision. Hu et al., 2018,
 * arXiv:1709.01507.
 *
 * Input and output [N, C, H, W].
 *
 * @param inputChannels C.
 * @param squeezeChannels Units in between, such as C / 16.
 * @throws ArgumentError for numbers that are no counts.
 *
 * @example
 * new SqueezeExcitation(32, 8).forward(rand([8, 32, 14, 14])); // [8, 32, 14, 14]
 */
export class SqueezeExcitation extends Module {
  /** [squeezeChannels, C, 1, 1]. */
  readonly fc1: Conv2d;
  /** [C, squeezeChannels, 1, 1]. */
  readonly fc2: Conv2d;

  constructor(
    inputChannels: number,
    squeezeChannels: number,
    options: Omit<BlockOptions, 'stride'> = {},
  ) {
    super();
    this.fc1 = new Conv2d(inputChannels, squeezeChannels, 1, options);
    this.fc2 = new Conv2d(squeezeChannels, inputChannels, 1, options);
  }

  forward(x: Tensor): Tensor {
    const squeezed = this.fc1.forward(globalAvgPool(x)).relu();
    return x.mul(this.fc2.forward(squeezed).sigmoid());
  }
}
