import { ArgumentError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import type { ConvTransposeOptions, Parameter, PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import type { WeightOptions } from './convolution-weights.js';
import { checkChannels, firstWeights } from './convolution-weights.js';
import {
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './functional/transposed-convolution.js';
import { Module } from './module.js';
import { shownSettings } from './shown-settings.js';

/** Options of `ConvTranspose1d` to `ConvTranspose3d`. */
export interface TransposedConvolutionOptions extends WeightOptions, ConvTransposeOptions {}

/** Transposed convolution over some number of spatial axes. */
abstract class TransposedConvolution extends Module {
  /** Per spatial axis, as are the other lists. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** [C, O / groups, …K]. */
  readonly weight: Parameter;
  /** [O], or null. */
  readonly bias: Parameter | null;

  protected constructor(
    dims: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: PerAxis,
    options: TransposedConvolutionOptions,
  ) {
    super();
    const { name } = new.target;
    const { groups = 1 } = options;
    checkChannels(name, inChannels, outChannels, groups);
    const list = (key: string, value: PerAxis, least: number): number[] =>
      perAxis(name, key, value, dims, least);
    this.kernelSize = list('kernelSize', kernelSize, 1);
    this.stride = list('stride', options.stride ?? 1, 1);
    this.padding = list('padding', options.padding ?? 0, 0);
    this.outputPadding = list('outputPadding', options.outputPadding ?? 0, 0);
    this.dilation = list('dilation', options.dilation ?? 1, 1);
    this.groups = groups;
    const { kernelSize: size } = this;
    const made = firstWeights([inChannels, outChannels / groups], size, outChannels, options);
    this.weight = made.weight;
    this.bias = made.bias;
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, groups } = this;
    const unless = (value: readonly number[], usual: number): readonly number[] | undefined =>
      value.every((v) => v === usual) ? undefined : value;
    const settings = shownSettings({
      kernelSize,
      stride,
      padding: unless(this.padding, 0),
      outputPadding: unless(this.outputPadding, 0),
      dilation: unless(this.dilation, 1),
      groups: groups === 1 ? undefined : groups,
      bias: this.bias ? undefined : false,
    });
    return `${inChannels}, ${outChannels}, ${settings}`;
  }

  /** The options of a call, with the output padding that makes the output `outputSize` large. */
  protected optionsFor(x: Tensor, outputSize: readonly number[] | undefined): ConvTransposeOptions {
    if (!outputSize) return this;
    const { name } = this.constructor;
    const dims = this.kernelSize.length;
    const wanted = perAxis(name, 'outputSize', outputSize, dims, 1);
    const outputPadding = wanted.map((size, i) => {
      const s = x.shape[x.rank - dims + i]!;
      const reach = this.dilation[i]! * (this.kernelSize[i]! - 1) + 1;
      const least = this.stride[i]! * (s - 1) + reach - 2 * this.padding[i]!;
      const most = least + this.stride[i]! - 1;
      if (size >= least && size <= most) return size - least;
      throw new ArgumentError(
        `${name}: outputSize is ${size} along spatial axis ${i} of input ${formatShape(x.shape)}; ` +
          `use ${least} to ${most}.`,
      );
    });
    return { ...this.#numbers(), outputPadding };
  }

  #numbers(): ConvTransposeOptions {
    const { stride, padding, dilation, groups } = this;
    return { stride, padding, dilation, groups };
  }
}

/**
 * `convTranspose1d` with a trained kernel: input [N, C, L] or [C, L], output [N, O, P] or [O, P].
 * Weights start as in PyTorch: uniform on ±1/√(O / groups · K), as does the bias.
 *
 * @throws ArgumentError for numbers that cannot be, and groups that do not divide the channels.
 *
 * @example
 * const up = new ConvTranspose1d(16, 8, 4, { stride: 2, padding: 1 });
 * up.forward(rand([8, 16, 25])); // [8, 8, 50]
 */
export class ConvTranspose1d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: TransposedConvolutionOptions = {},
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  /**
   * @param outputSize The spatial extents wanted of the output, in place of `outputPadding`.
   * @throws ArgumentError for one that no output padding below the stride gives.
   */
  forward(x: Tensor, outputSize?: readonly number[]): Tensor {
    return convTranspose1d(x, this.weight, this.bias, this.optionsFor(x, outputSize));
  }
}

/**
 * `convTranspose2d` with a trained kernel: input [N, C, H, W] or [C, H, W]; otherwise as
 * `ConvTranspose1d`.
 *
 * @throws As `ConvTranspose1d`.
 *
 * @example
 * const up = new ConvTranspose2d(16, 8, 3, { stride: 2, padding: 1 });
 * up.forward(rand([8, 16, 7, 7])); // [8, 8, 13, 13]
 * up.forward(rand([8, 16, 7, 7]), [14, 14]); // [8, 8, 14, 14]
 */
export class ConvTranspose2d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: TransposedConvolutionOptions = {},
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  /** As that of `ConvTranspose1d`. */
  forward(x: Tensor, outputSize?: readonly number[]): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.optionsFor(x, outputSize));
  }
}

/**
 * `convTranspose3d` with a trained kernel: input [N, C, D, H, W] or [C, D, H, W]; otherwise as
 * `ConvTranspose1d`.
 *
 * @throws As `ConvTranspose1d`.
 *
 * @example
 * const up = new ConvTranspose3d(4, 1, 2, { stride: 2 });
 * up.forward(rand([2, 4, 3, 4, 4])); // [2, 1, 6, 8, 8]
 */
export class ConvTranspose3d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: TransposedConvolutionOptions = {},
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  /** As that of `ConvTranspose1d`. */
  forward(x: Tensor, outputSize?: readonly number[]): Tensor {
    return convTranspose3d(x, this.weight, this.bias, this.optionsFor(x, outputSize));
  }
}
