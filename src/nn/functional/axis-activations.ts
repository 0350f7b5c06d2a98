/** Activations that see a whole axis: its values compete, or come in halves or groups. */
import { ShapeError } from '../../engine/core/errors.js';
import { formatShape, normalizeAxis } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { requireCount } from '../check.js';

/**
 * e^x / Σ e^x along an axis, in [0, 1], without overflow; derivative y_i ([i = j] - y_j).
 *
 * @param x Of any shape but [].
 * @param axis Default the last.
 * @returns The shape of x; the sum along the axis is 1.
 * @equation (2.16)
 *
 * @example
 * softmax(tensor([[0, Math.log(3)]])); // [[0.25, 0.75]]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return x.softmax(axis);
}

/**
 * ln softmax(x) along an axis, ≤ 0; derivative [i = j] - softmax(x)_j.
 *
 * @param x Of any shape but [].
 * @param axis Default the last.
 * @returns The shape of x.
 * @equation (2.16)
 *
 * @example
 * logSoftmax(tensor([[0, Math.log(3)]])); // [[-1.3863, -0.2877]]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return x.logSoftmax(axis);
}

/**
 * a σ(b), a and b being the halves of x along an axis: gates that are learnt; derivatives σ(b) by a,
 * a σ(b) (1 - σ(b)) by b. Dauphin et al., 2017, arXiv:1612.08083.
 *
 * @param x Of any shape, with an even extent along the axis.
 * @param axis Default the last.
 * @returns The shape of x with half the extent along the axis.
 * @throws ShapeError if the extent is odd.
 * @equation (2.16)
 *
 * @example
 * glu(tensor([[4, 6, 0, 1000]])); // [[2, 6]]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  const along = normalizeAxis('glu', axis, x.rank);
  const extent = x.shape[along]!;
  if (extent % 2 !== 0) {
    throw new ShapeError(
      `glu: input is ${formatShape(x.shape)}, ${extent} along axis ${along}; use an even extent, as ` +
        'halves are values and gates.',
    );
  }
  const [values, gates] = x.split([extent / 2, extent / 2], along) as [Tensor, Tensor];
  return values.mul(gates.sigmoid());
}

/**
 * The largest of each `pieces` neighbours along an axis: of that many linear pieces a layer makes any
 * convex function; derivative 1 by the largest, in equal shares where several are, 0 by the others.
 * Goodfellow et al., 2013, arXiv:1302.4389.
 *
 * @param x Of any shape.
 * @param pieces How many values compete, a divisor of the extent along the axis.
 * @param axis Default the last.
 * @returns The shape of x with the extent along the axis divided by `pieces`.
 * @throws ArgumentError or ShapeError where `pieces` is no such divisor.
 * @equation (2.16)
 *
 * @example
 * maxout(tensor([[1, 5, 3, 2]]), 2); // [[5, 3]]
 */
export function maxout(x: Tensor, pieces: number, axis = -1): Tensor {
  requireCount('maxout', 'pieces', pieces);
  const along = normalizeAxis('maxout', axis, x.rank);
  const extent = x.shape[along]!;
  if (extent % pieces !== 0) {
    throw new ShapeError(
      `maxout: input is ${formatShape(x.shape)}, ${extent} along axis ${along}, which ${pieces} does ` +
        'not divide; use a divisor.',
    );
  }
  const grouped = [...x.shape.slice(0, along), extent / pieces, pieces];
  return x.reshape([...grouped, ...x.shape.slice(along + 1)]).max(along + 1);
}
