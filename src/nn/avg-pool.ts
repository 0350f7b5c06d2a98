import type { PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import { shownSettings } from './shown-settings.js';
import type { AvgPoolFunctionOptions } from './functional/avg-pool.js';
import { avgPool1d, avgPool2d, avgPool3d } from './functional/avg-pool.js';
import { Module } from './module.js';

/** Means over windows of some number of spatial axes. */
abstract class AvgPool extends Module {
  /** Per spatial axis, as is `stride`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly options: AvgPoolFunctionOptions;

  protected constructor(dims: number, kernelSize: PerAxis, options: AvgPoolFunctionOptions) {
    super();
    const { name } = new.target;
    this.kernelSize = perAxis(name, 'kernelSize', kernelSize, dims, 1);
    this.stride = perAxis(name, 'stride', options.stride ?? kernelSize, dims, 1);
    this.options = options;
  }

  override extraRepr(): string {
    const { kernelSize, stride, options } = this;
    return shownSettings({ kernelSize, ...options, stride });
  }
}

/**
 * `avgPool1d` of inputs [N, C, L] or [C, L]. Padding, its counting and `ceilMode` as there.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new AvgPool1d(2).forward(rand([8, 3, 50])); // [8, 3, 25]
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolFunctionOptions = {}) {
    super(1, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernelSize, this.options);
  }
}

/**
 * `avgPool2d` of inputs [N, C, H, W] or [C, H, W]. Otherwise as `AvgPool1d`.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new AvgPool2d(2).forward(rand([8, 3, 32, 32])); // [8, 3, 16, 16]
 */
export class AvgPool2d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolFunctionOptions = {}) {
    super(2, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }
}

/**
 * `avgPool3d` of inputs [N, C, D, H, W] or [C, D, H, W]. Otherwise as `AvgPool1d`.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new AvgPool3d(2).forward(rand([2, 3, 8, 8, 8])); // [2, 3, 4, 4, 4]
 */
export class AvgPool3d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolFunctionOptions = {}) {
    super(3, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.kernelSize, this.options);
  }
}
