import type { PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import { shownSettings } from './shown-settings.js';
import type { MaxPoolOptions, PooledWithIndices } from './functional/max-pool.js';
import {
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from './functional/max-pool.js';
import { Module } from './module.js';

/** Maxima over windows of some number of spatial axes. */
abstract class MaxPool extends Module {
  /** Per spatial axis, as is `stride`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly options: MaxPoolOptions;

  protected constructor(dims: number, kernelSize: PerAxis, options: MaxPoolOptions) {
    super();
    const { name } = new.target;
    this.kernelSize = perAxis(name, 'kernelSize', kernelSize, dims, 1);
    this.stride = perAxis(name, 'stride', options.stride ?? kernelSize, dims, 1);
    perAxis(name, 'dilation', options.dilation ?? 1, dims, 1);
    this.options = options;
  }

  override extraRepr(): string {
    const { kernelSize, stride, options } = this;
    return shownSettings({ kernelSize, ...options, stride });
  }
}

/**
 * `maxPool1d` of inputs [N, C, L] or [C, L]. Padding, dilation and `ceilMode` as there.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new MaxPool1d(2).forward(rand([8, 3, 50])); // [8, 3, 25]
 */
export class MaxPool1d extends MaxPool {
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) {
    super(1, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return maxPool1d(x, this.kernelSize, this.options);
  }

  /** The output, and where in the input the maxima lie: `maxPool1dWithIndices`. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return maxPool1dWithIndices(x, this.kernelSize, this.options);
  }
}

/**
 * `maxPool2d` of inputs [N, C, H, W] or [C, H, W]. Otherwise as `MaxPool1d`.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new MaxPool2d(2).forward(rand([8, 3, 32, 32])); // [8, 3, 16, 16]
 */
export class MaxPool2d extends MaxPool {
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) {
    super(2, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  /** The output, and where in the input the maxima lie: `maxPool2dWithIndices`. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return maxPool2dWithIndices(x, this.kernelSize, this.options);
  }
}

/**
 * `maxPool3d` of inputs [N, C, D, H, W] or [C, D, H, W]. Otherwise as `MaxPool1d`.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new MaxPool3d(2).forward(rand([2, 3, 8, 8, 8])); // [2, 3, 4, 4, 4]
 */
export class MaxPool3d extends MaxPool {
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) {
    super(3, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return maxPool3d(x, this.kernelSize, this.options);
  }

  /** The output, and where in the input the maxima lie: `maxPool3dWithIndices`. */
  forwardWithIndices(x: Tensor): PooledWithIndices {
    return maxPool3dWithIndices(x, this.kernelSize, this.options);
  }
}
