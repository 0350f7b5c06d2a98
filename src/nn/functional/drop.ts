import type { Generator, Shape, Tensor } from '../../tensor/index.js';
import { bernoulli, where, zerosLike } from '../../tensor/index.js';

/** A mask whose elements are true with probability 1 - p. */
export function keepMask(shape: Shape, p: number, generator: Generator | undefined): Tensor {
  return bernoulli(1 - p, shape, { dtype: 'bool', ...(generator && { generator }) });
}

/** x / (1 - p) where a mask of a shape that broadcasts with x's keeps it, else 0; 0 ≤ p ≤ 1. */
export function drop(
  x: Tensor,
  maskShape: Shape,
  p: number,
  generator: Generator | undefined,
): Tensor {
  if (p === 0) return x;
  if (p === 1) return zerosLike(x);
  return where(keepMask(maskShape, p, generator), x.mul(1 / (1 - p)), 0);
}
