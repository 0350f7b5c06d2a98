import type { PerAxis, Tensor } from '../tensor/index.js';
import { perAxis } from '../tensor/spatial.js';
import { shownSettings } from './shown-settings.js';
import type { FoldOptions } from './functional/fold.js';
import { fold, unfold } from './functional/fold.js';
import { Module } from './module.js';

/**
 * `unfold`: [N, C, H, W] to [N, C · kH · kW, L], the windows as columns.
 *
 * @throws ArgumentError for a kernel size that cannot be.
 *
 * @example
 * new Unfold(3, { stride: 2 }).forward(rand([2, 3, 8, 8])); // [2, 27, 9]
 */
export class Unfold extends Module {
  readonly kernelSize: readonly number[];

  constructor(
    kernelSize: PerAxis,
    readonly options: FoldOptions = {},
  ) {
    super();
    this.kernelSize = perAxis('Unfold', 'kernelSize', kernelSize, 2, 1);
  }

  forward(x: Tensor): Tensor {
    return unfold(x, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { kernelSize, options } = this;
    return shownSettings({ kernelSize, ...options });
  }
}

/**
 * `fold`: [N, C · kH · kW, L] to [N, C, H, W], columns laid back and added up.
 *
 * @throws ArgumentError for sizes that cannot be.
 *
 * @example
 * new Fold([8, 8], 3, { stride: 2 }).forward(rand([2, 27, 9])); // [2, 3, 8, 8]
 */
export class Fold extends Module {
  readonly outputSize: readonly number[];
  readonly kernelSize: readonly number[];

  constructor(
    outputSize: PerAxis,
    kernelSize: PerAxis,
    readonly options: FoldOptions = {},
  ) {
    super();
    this.outputSize = perAxis('Fold', 'outputSize', outputSize, 2, 1);
    this.kernelSize = perAxis('Fold', 'kernelSize', kernelSize, 2, 1);
  }

  forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { outputSize, kernelSize, options } = this;
    return shownSettings({ outputSize, kernelSize, ...options });
  }
}
