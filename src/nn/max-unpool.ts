import type { PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import { shownSettings } from './shown-settings.js';
import type { MaxUnpoolOptions } from './functional/max-unpool.js';
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from './functional/max-unpool.js';
import { Module } from './module.js';

/** Maxima back to where they were, over some number of spatial axes. */
abstract class MaxUnpool extends Module {
  /** Per spatial axis, as are `stride` and `padding`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  protected constructor(
    dims: number,
    kernelSize: PerAxis,
    { stride = kernelSize, padding = 0 }: Omit<MaxUnpoolOptions, 'outputSize'>,
  ) {
    super();
    const { name } = new.target;
    this.kernelSize = perAxis(name, 'kernelSize', kernelSize, dims, 1);
    this.stride = perAxis(name, 'stride', stride, dims, 1);
    this.padding = perAxis(name, 'padding', padding, dims, 0);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return shownSettings({ kernelSize, stride, padding });
  }

  protected optionsFor(outputSize: readonly number[] | undefined): MaxUnpoolOptions {
    const { stride, padding } = this;
    return outputSize ? { stride, padding, outputSize } : { stride, padding };
  }
}

/**
 * `maxUnpool1d` of what `MaxPool1d.forwardWithIndices` gives.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * const [y, indices] = new MaxPool1d(2).forwardWithIndices(rand([8, 3, 50]));
 * new MaxUnpool1d(2).forward(y, indices); // [8, 3, 50]
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: Omit<MaxUnpoolOptions, 'outputSize'> = {}) {
    super(1, kernelSize, options);
  }

  /** @param outputSize The spatial extents of the output, less than a stride away from the usual. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, this.optionsFor(outputSize));
  }
}

/**
 * `maxUnpool2d` of what `MaxPool2d.forwardWithIndices` gives.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * const [y, indices] = new MaxPool2d(2).forwardWithIndices(rand([8, 3, 32, 32]));
 * new MaxUnpool2d(2).forward(y, indices); // [8, 3, 32, 32]
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: Omit<MaxUnpoolOptions, 'outputSize'> = {}) {
    super(2, kernelSize, options);
  }

  /** @param outputSize The spatial extents of the output, less than a stride away from the usual. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, this.optionsFor(outputSize));
  }
}

/**
 * `maxUnpool3d` of what `MaxPool3d.forwardWithIndices` gives.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * const [y, indices] = new MaxPool3d(2).forwardWithIndices(rand([2, 3, 8, 8, 8]));
 * new MaxUnpool3d(2).forward(y, indices); // [2, 3, 8, 8, 8]
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: Omit<MaxUnpoolOptions, 'outputSize'> = {}) {
    super(3, kernelSize, options);
  }

  /** @param outputSize The spatial extents of the output, less than a stride away from the usual. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool3d(x, indices, this.kernelSize, this.optionsFor(outputSize));
  }
}
