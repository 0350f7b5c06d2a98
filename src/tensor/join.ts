import { promote } from '../engine/core/dtype.js';
import { ArgumentError, ShapeError } from '../engine/core/errors.js';
import { formatShape, normalizeAxis, sameShape } from '../engine/core/shape.js';
import { apply } from './apply.js';
import { choose } from './elementwise.js';
import { full } from './create.js';
import type { Tensor } from './tensor.js';

/**
 * Tensors one after the other along an axis (default 0). Dtypes promote; all other extents must be
 * equal.
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new ArgumentError('concat: no tensors are given; give at least one.');
  const a = normalizeAxis('concat', axis, first.rank);
  const dtype = tensors.reduce((d, t) => promote(d, t.dtype), first.dtype);
  return apply(tensors, (b, ...nodes) =>
    b.concat(
      nodes.map((node) => b.cast(node, dtype)),
      a,
    ),
  );
}

/** Tensors of one shape along a new axis (default 0) of the result. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new ArgumentError('stack: no tensors are given; give at least one.');
  const odd = tensors.find((t) => !sameShape(t.shape, first.shape));
  if (odd) {
    throw new ShapeError(
      `stack: shapes ${formatShape(first.shape)} and ${formatShape(odd.shape)} differ; make them ` +
        'equal, or use concat().',
    );
  }
  const a = normalizeAxis('stack', axis, first.rank + 1);
  return concat(
    tensors.map((t) => t.unsqueeze(a)),
    a,
  );
}

/**
 * x where the condition holds, y elsewhere; all three broadcast. The one not chosen gets the
 * gradient 0.
 *
 * @example
 * where(x.gt(0), x, 0); // relu
 */
export function where(condition: Tensor, x: Tensor | number, y: Tensor | number): Tensor {
  if (typeof x !== 'number') return x.where(condition, y);
  if (typeof y !== 'number') return y.where(condition.logicalNot(), x);
  const chosen = full([], x);
  return apply([condition], (_, node) => choose(node, chosen.node(), y));
}
