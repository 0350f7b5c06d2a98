import type { Tensor } from '../tensor/index.js';
import { shownSettings } from './shown-settings.js';
import type { InterpolateOptions } from './functional/interpolate.js';
import { checkInterpolation, interpolate } from './functional/interpolate.js';
import { Module } from './module.js';

/**
 * `interpolate` of inputs [N, C, …S], to a size or by a factor.
 *
 * @throws ArgumentError for options that do not go together.
 *
 * @example
 * const up = new Upsample({ scaleFactor: 2, mode: 'bilinear' });
 * up.forward(rand([8, 16, 7, 7])); // [8, 16, 14, 14]
 */
export class Upsample extends Module {
  constructor(readonly options: InterpolateOptions) {
    super();
    checkInterpolation('Upsample', options);
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }

  override extraRepr(): string {
    return shownSettings({ ...this.options });
  }
}
