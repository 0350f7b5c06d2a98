import type { DType } from '../engine/core/dtype.js';
import type { Generator, Tensor } from '../tensor/index.js';
import { BatchNorm2d } from './batch-norm.js';
import { Conv2d } from './convolution.js';
import { Module } from './module.js';
import { Sequential } from './sequential.js';

/** Options of the blocks of convolutions. */
export interface BlockOptions {
  /** Stride of the block in height and width. Default 1. */
  readonly stride?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** The options of a block's layers. */
export function forLayers({ dtype, generator }: BlockOptions): Omit<BlockOptions, 'stride'> {
  return { ...(dtype && { dtype }), ...(generator && { generator }) };
}

/** Dtype alone, which is all that normalisations take. */
export function forNorm({ dtype }: BlockOptions): { readonly dtype?: DType } {
  return dtype ? { dtype } : {};
}

/**
 * The block of ResNet-18 and -34: y = relu(bn(conv(relu(bn(conv(x))))) + x), both convolutions 3×3. Where
 * stride or channels change, x passes through a 1×1 convolution and a batch norm, `downsample`. Names are
 * those of torchvision. He et al., 2016, arXiv:1512.03385.
 *
 * Input [N, inChannels, H, W], output [N, outChannels, ⌈H / stride⌉, ⌈W / stride⌉].
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new BasicBlock(16, 32, { stride: 2 }).forward(rand([8, 16, 28, 28])); // [8, 32, 14, 14]
 */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  /** null where x is added as it is. */
  readonly downsample: Sequential | null;

  constructor(inChannels: number, outChannels: number, options: BlockOptions = {}) {
    super();
    const { stride = 1 } = options;
    const common = { ...forLayers(options), bias: false };
    const norm = forNorm(options);
    this.conv1 = new Conv2d(inChannels, outChannels, 3, { ...common, stride, padding: 1 });
    this.bn1 = new BatchNorm2d(outChannels, norm);
    this.conv2 = new Conv2d(outChannels, outChannels, 3, { ...common, padding: 1 });
    this.bn2 = new BatchNorm2d(outChannels, norm);
    this.downsample =
      stride === 1 && inChannels === outChannels
        ? null
        : new Sequential(
            new Conv2d(inChannels, outChannels, 1, { ...common, stride }),
            new BatchNorm2d(outChannels, norm),
          );
  }

  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    const y = this.bn2.forward(this.conv2.forward(inner));
    return y.add(this.downsample?.forward(x) ?? x).relu();
  }
}
