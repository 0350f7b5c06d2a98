import type { Tensor } from '../tensor/index.js';
import { Dropout } from './dropout.js';
import { requireDepthMode, stochasticDepth } from './functional/stochastic-depth.js';
import type { StochasticDepthMode } from './functional/stochastic-depth.js';

/**
 * `stochasticDepth` of the output of a residual branch [N, …] in training; in evaluation nothing
 * happens. A usual p grows from 0 at the first block to its full value at the last.
 *
 * @throws ArgumentError for another mode, or unless 0 ≤ p ≤ 1.
 *
 * @example
 * class Block extends Module {
 *   readonly branch = new Linear(8, 8);
 *   readonly depth = new StochasticDepth(0.2);
 *   forward(x: Tensor) {
 *     return x.add(this.depth.forward(this.branch.forward(x).relu()));
 *   }
 * }
 */
export class StochasticDepth extends Dropout {
  readonly mode: StochasticDepthMode;

  constructor(p = 0.5, { mode = 'row' }: { readonly mode?: StochasticDepthMode } = {}) {
    super(p);
    requireDepthMode('StochasticDepth', mode);
    this.mode = mode;
  }

  override forward(x: Tensor): Tensor {
    return stochasticDepth(x, this);
  }

  override extraRepr(): string {
    return `${super.extraRepr()}, mode='${this.mode}'`;
  }
}
