import type { Padding, PerAxis, Parameter, Tensor } from '../tensor/index.js';
import { paddingPairs, perAxis } from '../tensor/spatial.js';
import type { WeightOptions } from './convolution-weights.js';
import { checkChannels, firstWeights } from './convolution-weights.js';
import type { PaddingMode } from './functional/convolution.js';
import { conv1d, conv2d, conv3d } from './functional/convolution.js';
import { Module } from './module.js';
import { shownSettings } from './shown-settings.js';

/** Options of `Conv1d` to `Conv3d`: one number for all spatial axes, or one for each. */
export interface ConvolutionOptions extends WeightOptions {
  /** Distance between neighbouring windows. Default 1. */
  readonly stride?: PerAxis;
  /**
   * Elements beside the input: a number for both ends of every axis, a number or [low, high] for each
   * axis, 'valid' for none, or 'same' for as many as keep ⌈S / stride⌉ outputs, the odd one at the
   * high end. Default 0.
   */
  readonly padding?: Padding;
  /** What lies in the padding. Default 'zeros'. */
  readonly paddingMode?: PaddingMode;
  /** Distance between neighbouring taps of the kernel. Default 1. */
  readonly dilation?: PerAxis;
  /** Parts of the channels that are convolved separately; all channels: "depthwise". Default 1. */
  readonly groups?: number;
  /** Convolution as in (3.1), the kernel turned by 180°, not cross-correlation. Default false. */
  readonly flipKernel?: boolean;
}

/** Convolution over some number of spatial axes. */
abstract class Convolution extends Module {
  /** Per spatial axis, as are `stride` and `dilation`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Padding;
  readonly paddingMode: PaddingMode;
  readonly groups: number;
  readonly flipKernel: boolean;
  /** [O, C / groups, …K]. */
  readonly weight: Parameter;
  /** [O], or null. */
  readonly bias: Parameter | null;

  protected constructor(
    dims: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: PerAxis,
    options: ConvolutionOptions,
  ) {
    super();
    const { name } = new.target;
    const { groups = 1, padding = 0 } = options;
    checkChannels(name, inChannels, outChannels, groups);
    this.kernelSize = perAxis(name, 'kernelSize', kernelSize, dims, 1);
    this.stride = perAxis(name, 'stride', options.stride ?? 1, dims, 1);
    this.dilation = perAxis(name, 'dilation', options.dilation ?? 1, dims, 1);
    const { kernelSize: size, stride, dilation } = this;
    paddingPairs(name, padding, { input: size, size, stride, dilation });
    this.padding = padding;
    this.paddingMode = options.paddingMode ?? 'zeros';
    this.groups = groups;
    this.flipKernel = options.flipKernel ?? false;
    const made = firstWeights([outChannels, inChannels / groups], size, outChannels, options);
    this.weight = made.weight;
    this.bias = made.bias;
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, padding, dilation, groups } = this;
    const settings = shownSettings({
      kernelSize,
      stride,
      padding: padding === 0 ? undefined : padding,
      dilation: dilation.every((d) => d === 1) ? undefined : dilation,
      groups: groups === 1 ? undefined : groups,
      bias: this.bias ? undefined : false,
      paddingMode: this.paddingMode === 'zeros' ? undefined : this.paddingMode,
      flipKernel: this.flipKernel ? true : undefined,
    });
    return `${inChannels}, ${outChannels}, ${settings}`;
  }
}

/**
 * `conv1d` with a trained kernel: input [N, C, L] or [C, L], output [N, O, P] or [O, P]. Weights start
 * as in PyTorch: Kaiming-uniform with a = √5, which is uniform on ±1/√(C / groups · K), and so is the
 * bias.
 *
 * @throws ArgumentError for numbers that cannot be, and groups that do not divide the channels.
 * @equation (3.1)
 *
 * @example
 * const layer = new Conv1d(3, 16, 5, { padding: 'same' });
 * layer.forward(rand([8, 3, 50])); // [8, 16, 50]
 */
export class Conv1d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvolutionOptions = {},
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this);
  }
}

/**
 * `conv2d` with a trained kernel: input [N, C, H, W] or [C, H, W], output [N, O, P, Q] or [O, P, Q];
 * otherwise as `Conv1d`.
 *
 * @throws As `Conv1d`.
 * @equation (3.1)
 *
 * @example
 * const layer = new Conv2d(3, 16, 3, { stride: 2, padding: 1 });
 * layer.forward(rand([8, 3, 32, 32])); // [8, 16, 16, 16]
 */
export class Conv2d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvolutionOptions = {},
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this);
  }
}

/**
 * `conv3d` with a trained kernel: input [N, C, D, H, W] or [C, D, H, W], output [N, O, P, Q, R] or
 * [O, P, Q, R]; otherwise as `Conv1d`.
 *
 * @throws As `Conv1d`.
 * @equation (3.1)
 *
 * @example
 * const layer = new Conv3d(1, 4, [3, 5, 5], { padding: [1, 2, 2] });
 * layer.forward(rand([2, 1, 8, 16, 16])); // [2, 4, 8, 16, 16]
 */
export class Conv3d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvolutionOptions = {},
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return conv3d(x, this.weight, this.bias, this);
  }
}
