import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import type { Tensor } from '../../tensor/index.js';
import { requireProbability } from '../check.js';
import { drop } from './drop.js';
import type { DropoutOptions } from './dropout.js';

/** What is dropped at once: each sample by itself, 'row', or the whole 'batch'. */
export type StochasticDepthMode = 'row' | 'batch';

/** Options of `stochasticDepth`. */
export interface StochasticDepthOptions extends DropoutOptions {
  /** Default 'row'. */
  readonly mode?: StochasticDepthMode;
}

/**
 * The output of a residual branch, which is 0 with probability p and else x / (1 - p): what is
 * dropped leaves its block the identity. Also called drop path. Huang et al., 2016,
 * arXiv:1603.09382, who drop the batch; the division is torchvision's.
 *
 * @param x [N, …].
 * @returns The shape of x.
 * @throws ShapeError for a scalar; ArgumentError for another mode, or unless 0 ≤ p ≤ 1.
 *
 * @example
 * const [x, branch] = [ones([4, 3]), ones([4, 3])];
 * x.add(stochasticDepth(branch, { p: 0.5 })); // each row is all 1 or all 3
 */
export function stochasticDepth(
  x: Tensor,
  { p = 0.5, mode = 'row', training = true, generator }: StochasticDepthOptions = {},
): Tensor {
  requireProbability('stochasticDepth', p);
  requireDepthMode('stochasticDepth', mode);
  if (x.rank === 0) {
    throw new ShapeError('stochasticDepth: input is a scalar; give one [N, …].');
  }
  const mask = x.shape.map((d, axis) => (axis === 0 && mode === 'row' ? d : 1));
  return training ? drop(x, mask, p, generator) : x;
}

/** Throws an ArgumentError for what is no mode. */
export function requireDepthMode(owner: string, mode: StochasticDepthMode): void {
  if (mode === 'row' || mode === 'batch') return;
  throw new ArgumentError(`${owner}: mode is '${String(mode)}'; use 'row' or 'batch'.`);
}
