import { isFloat } from '../../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { noGrad, scan, tensor } from '../../tensor/index.js';

/** Squarings: the power is 2 to this, so that its root is exact to rounding. */
const SQUARINGS = 60;

/**
 * The largest absolute value of an eigenvalue, ρ(A) = lim ‖Aᵏ‖^(1/k) (Gelfand, 1941): what a power of A
 * grows or shrinks by at each step in the long run. The power is taken by repeated squaring in f64, scaled each
 * time, so that neither complex nor repeated eigenvalues matter.
 *
 * @param matrix f32 or f64 [n, n].
 * @throws ShapeError unless it is square; ArgumentError where it holds NaN, infinities or no floats.
 *
 * @example
 * spectralRadius(tensor([[0, 2], [-2, 0]])); // 2: the eigenvalues are ±2i
 */
export function spectralRadius(matrix: Tensor): number {
  const [n, m] = matrix.shape;
  if (matrix.rank !== 2 || n !== m) {
    throw new ShapeError(
      `spectralRadius: matrix is ${formatShape(matrix.shape)}; give a square one, [n, n].`,
    );
  }
  if (!isFloat(matrix.dtype)) {
    throw new ArgumentError(`spectralRadius: matrix is ${matrix.dtype}; use f32 or f64.`);
  }
  if (n === 0) return 0;
  return noGrad(() => {
    const first = matrix.detach().to('f64');
    const shares = Array.from({ length: SQUARINGS }, (_, j) => 2 ** -j);
    const square = (a: Tensor, share: Tensor): [Tensor, Tensor] => {
      const size = a.abs().max();
      const scaled = a.div(size.where(size.gt(0), 1));
      return [scaled.matmul(scaled), size.log().mul(share)];
    };
    const [, logarithms] = scan(square, first, tensor(shares, { dtype: 'f64' }));
    const radius = logarithms.sum().exp().item();
    if (Number.isFinite(radius)) return radius;
    throw new ArgumentError(
      'spectralRadius: matrix holds NaN or infinities; look for the step that made them.',
    );
  });
}
