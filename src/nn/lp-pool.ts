import type { PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import { shownSettings } from './shown-settings.js';
import type { LPPoolOptions } from './functional/lp-pool.js';
import { lpPool1d, lpPool2d, lpPool3d, requireNormType } from './functional/lp-pool.js';
import { Module } from './module.js';

/** L_p norms of windows of some number of spatial axes. */
abstract class LPPool extends Module {
  /** Per spatial axis, as is `stride`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly options: LPPoolOptions;

  protected constructor(
    dims: number,
    readonly normType: number,
    kernelSize: PerAxis,
    options: LPPoolOptions,
  ) {
    super();
    const { name } = new.target;
    requireNormType(name, normType);
    this.kernelSize = perAxis(name, 'kernelSize', kernelSize, dims, 1);
    this.stride = perAxis(name, 'stride', options.stride ?? kernelSize, dims, 1);
    this.options = options;
  }

  override extraRepr(): string {
    const { normType, kernelSize, stride, options } = this;
    return shownSettings({ normType, kernelSize, ...options, stride });
  }
}

/**
 * `lpPool1d` of inputs [N, C, L] or [C, L]: (Σ x^p)^(1/p) over each window.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new LPPool1d(2, 2).forward(rand([8, 3, 50])); // [8, 3, 25]
 */
export class LPPool1d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LPPoolOptions = {}) {
    super(1, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.normType, this.kernelSize, this.options);
  }
}

/**
 * `lpPool2d` of inputs [N, C, H, W] or [C, H, W]: (Σ x^p)^(1/p) over each window.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new LPPool2d(2, 2).forward(rand([8, 3, 32, 32])); // [8, 3, 16, 16]
 */
export class LPPool2d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LPPoolOptions = {}) {
    super(2, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.normType, this.kernelSize, this.options);
  }
}

/**
 * `lpPool3d` of inputs [N, C, D, H, W] or [C, D, H, W]: (Σ x^p)^(1/p) over each window.
 *
 * @throws ArgumentError for numbers that cannot be.
 *
 * @example
 * new LPPool3d(2, 2).forward(rand([2, 3, 8, 8, 8])); // [2, 3, 4, 4, 4]
 */
export class LPPool3d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LPPoolOptions = {}) {
    super(3, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool3d(x, this.normType, this.kernelSize, this.options);
  }
}
