import { DTypeError, ShapeError } from '../engine/core/errors.js';
import type { Shape } from '../engine/core/shape.js';
import { formatShape } from '../engine/core/shape.js';
import { build } from '../engine/ops/index.js';
import { OrderingTensor } from './ordering.js';

/** Windows whose place is a tensor: inside a compiled function it may differ at every call. */
export abstract class DynamicTensor<T extends DynamicTensor<T>> extends OrderingTensor<T> {
  /**
   * y[i] = x[start + i], a window of fixed sizes that begins at `start`, an i32 vector with one
   * entry per axis. As in XLA, a start that would let the window stick out is moved to the nearest
   * that does not. The gradient is that of the window, zeros around it. Throws a ShapeError where
   * the sizes or start do not fit x, a DTypeError unless start is i32.
   *
   * @example
   * const x = arange(10);
   * x.dynamicSlice(tensor([4], { dtype: 'i32' }), [3]); // [4, 5, 6]
   * x.dynamicSlice(tensor([9], { dtype: 'i32' }), [3]); // [7, 8, 9]
   */
  dynamicSlice(start: T, sizes: Shape): T {
    return this.result(build.dynamicSlice(this.node(), start.node(), [...sizes]));
  }

  /**
   * x with the elements of a window replaced by those of `update`, which has the rank and dtype of
   * x: y[start + i] = update[i]. `start` is as in dynamicSlice. Gradients flow to x outside the
   * window and to the update. Assigned to the parameter that x is, it writes in place.
   *
   * @example
   * const cache = zeros([6]);
   * cache.dynamicUpdate(ones([2]), tensor([3], { dtype: 'i32' })); // [0, 0, 0, 1, 1, 0]
   */
  dynamicUpdate(update: T, start: T): T {
    if (update.dtype !== this.dtype) {
      throw new DTypeError(
        `dynamicUpdate: x is ${this.dtype} and the update ${update.dtype}; cast the update.`,
      );
    }
    if (update.rank !== this.rank) {
      throw new ShapeError(
        `dynamicUpdate: the update ${formatShape(update.shape)} and x ${formatShape(this.shape)} ` +
          'differ in rank; give it as many axes.',
      );
    }
    const node = build.dynamicUpdate(this.node(), update.node(), start.node());
    return this.result(node, update);
  }
}
