import type { Tensor } from '../tensor/index.js';
import { ReLU6 } from './activations.js';
import type { BlockOptions } from './basic-block.js';
import { forLayers, forNorm } from './basic-block.js';
import { BatchNorm2d } from './batch-norm.js';
import { requireCount } from './check.js';
import { Conv2d } from './convolution.js';
import type { UnaryModule } from './module.js';
import { Module } from './module.js';
import { Sequential } from './sequential.js';

/** Options of `InvertedResidual`. */
export interface InvertedResidualOptions extends BlockOptions {
  /** The channels in the middle as a multiple of those of the input. Default 6. */
  readonly expandRatio?: number;
}

/**
 * The block of MobileNetV2: a 1×1 convolution to many channels, a depthwise 3×3 one, and a 1×1 one back to
 * few without an activation, each with batch norm, the first two with ReLU6; x is added where shapes
 * allow. Names are those of torchvision. Sandler et al., 2018, arXiv:1801.04381.
 *
 * Input [N, inChannels, H, W], output [N, outChannels, ⌈H / stride⌉, ⌈W / stride⌉].
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new InvertedResidual(16, 24, { stride: 2 }).forward(rand([8, 16, 28, 28])); // [8, 24, 14, 14]
 */
export class InvertedResidual extends Module {
  readonly conv: Sequential;
  /** Whether x is added. */
  readonly useResConnect: boolean;

  constructor(inChannels: number, outChannels: number, options: InvertedResidualOptions = {}) {
    super();
    const { stride = 1, expandRatio = 6 } = options;
    requireCount('InvertedResidual', 'expandRatio', expandRatio);
    const middle = inChannels * expandRatio;
    const common = { ...forLayers(options), bias: false };
    const norm = forNorm(options);
    const activated = (conv: Conv2d): Sequential =>
      new Sequential(conv, new BatchNorm2d(conv.outChannels, norm), new ReLU6());
    const depthwise = { ...common, stride, padding: 1, groups: middle };
    const layers: UnaryModule[] = [
      activated(new Conv2d(middle, middle, 3, depthwise)),
      new Conv2d(middle, outChannels, 1, common),
      new BatchNorm2d(outChannels, norm),
    ];
    if (expandRatio > 1) layers.unshift(activated(new Conv2d(inChannels, middle, 1, common)));
    this.conv = new Sequential(...layers);
    this.useResConnect = stride === 1 && inChannels === outChannels;
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.forward(x);
    return this.useResConnect ? y.add(x) : y;
  }
}
