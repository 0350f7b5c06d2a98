import type { Padding, PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import type { ConvolutionOptions } from './convolution.js';
import { Conv2d } from './convolution.js';
import { checkChannels } from './convolution-weights.js';
import { requireCount } from './check.js';
import { Module } from './module.js';

/** Options of `SeparableConv2d`. */
export interface SeparableConvOptions extends Omit<ConvolutionOptions, 'groups'> {
  /** Kernels for each input channel, whose outputs all go into the 1×1 convolution. Default 1. */
  readonly depthMultiplier?: number;
}

/**
 * A depthwise separable convolution: each channel is convolved with kernels of its own, then a 1×1
 * convolution mixes the channels. kH · kW · C · m + C · m · O weights in place of kH · kW · C · O.
 * Chollet, 2017: Xception, arXiv:1610.02357. Not to be confused with `SpatiallySeparableConv2d`.
 *
 * Input [N, C, H, W] or [C, H, W]. Stride, padding and dilation are those of the depthwise part, the
 * bias that of the pointwise one.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * const layer = new SeparableConv2d(32, 64, 3, { padding: 1, stride: 2 });
 * layer.forward(rand([8, 32, 14, 14])); // [8, 64, 7, 7], of 32·9 + 32·64 + 64 parameters
 */
export class SeparableConv2d extends Module {
  /** [C · m, 1, kH, kW], without a bias. */
  readonly depthwise: Conv2d;
  /** [O, C · m, 1, 1]. */
  readonly pointwise: Conv2d;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: PerAxis,
    { depthMultiplier = 1, bias = true, ...options }: SeparableConvOptions = {},
  ) {
    super();
    checkChannels('SeparableConv2d', inChannels, outChannels, 1);
    requireCount('SeparableConv2d', 'depthMultiplier', depthMultiplier);
    const middle = inChannels * depthMultiplier;
    const { dtype, generator } = options;
    const made = { ...(dtype && { dtype }), ...(generator && { generator }) };
    const depthwise = { ...options, bias: false, groups: inChannels };
    this.depthwise = new Conv2d(inChannels, middle, kernelSize, depthwise);
    this.pointwise = new Conv2d(middle, outChannels, 1, { ...made, bias });
  }

  forward(x: Tensor): Tensor {
    return this.pointwise.forward(this.depthwise.forward(x));
  }
}

/**
 * A spatially separable convolution: a kH × 1 kernel, then a 1 × kW kernel. With one channel it is the
 * convolution with their outer product, a kernel of rank 1: kH + kW weights in place of kH · kW. With
 * more channels, O · (C · kH + O · kW). Not to be confused with `SeparableConv2d`.
 *
 * Input [N, C, H, W] or [C, H, W]. The vertical part has the stride, padding and dilation of H, the
 * horizontal one those of W and the bias.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * const layer = new SpatiallySeparableConv2d(3, 8, [5, 3], { padding: 'same' });
 * layer.forward(rand([4, 3, 28, 28])); // [4, 8, 28, 28]
 */
export class SpatiallySeparableConv2d extends Module {
  /** [O, C / groups, kH, 1], without a bias. */
  readonly vertical: Conv2d;
  /** [O, O / groups, 1, kW]. */
  readonly horizontal: Conv2d;

  constructor(
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: PerAxis,
    { bias = true, ...options }: ConvolutionOptions = {},
  ) {
    super();
    const name = 'SpatiallySeparableConv2d';
    checkChannels(name, inChannels, outChannels, options.groups ?? 1);
    const list = (key: string, value: PerAxis): number[] => perAxis(name, key, value, 2, 1);
    const [kH, kW] = list('kernelSize', kernelSize) as [number, number];
    const [sH, sW] = list('stride', options.stride ?? 1) as [number, number];
    const [dH, dW] = list('dilation', options.dilation ?? 1) as [number, number];
    const [pH, pW] = alongEach(options.padding ?? 0);
    const vertical = { ...options, stride: [sH, 1], dilation: [dH, 1], padding: pH, bias: false };
    const horizontal = { ...options, stride: [1, sW], dilation: [1, dW], padding: pW, bias };
    this.vertical = new Conv2d(inChannels, outChannels, [kH, 1], vertical);
    this.horizontal = new Conv2d(outChannels, outChannels, [1, kW], horizontal);
  }

  forward(x: Tensor): Tensor {
    return this.horizontal.forward(this.vertical.forward(x));
  }
}

/** The padding of H alone and that of W alone. */
function alongEach(padding: Padding): [Padding, Padding] {
  if (typeof padding === 'string') return [padding, padding];
  const [h, w] = typeof padding === 'number' ? [padding, padding] : padding;
  // A list that is too short or too long goes on to where it is refused.
  if (h === undefined || w === undefined || (typeof padding !== 'number' && padding.length > 2)) {
    return [padding, padding];
  }
  return [
    [h, 0],
    [0, w],
  ];
}
