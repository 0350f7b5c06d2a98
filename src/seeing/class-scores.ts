import { isFloat } from '../engine/core/dtype.js';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../engine/core/errors.js';
import { formatShape } from '../engine/core/shape.js';
import { full, requireRange, type Tensor } from '../tensor/index.js';

/** Which of a model's scores is explained. */
export interface ClassTarget {
  /**
   * A class for all samples, or one for each, i32 [N]. Default: of each sample the class with the
   * largest score, the first of several.
   */
  readonly target?: number | Tensor;
}

/** Throws a DTypeError unless x is f32 or f64, an ArgumentError where it has no samples. */
export function checkInput(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`${op}: x is ${x.dtype}; use f32 or f64, as with float().`);
  }
  if (x.rank > 0 && x.size > 0) return;
  throw new ArgumentError(`${op}: x is ${formatShape(x.shape)}; give a batch [N, …] of samples.`);
}

/**
 * The class of each sample, i32 [N], of a model's output [N, K].
 *
 * @throws ShapeError for another output or target, IndexError for a class that there is not.
 */
export function targetClasses(op: string, output: Tensor, { target }: ClassTarget): Tensor {
  const [n, classes] = output.shape;
  if (output.rank !== 2) {
    throw new ShapeError(
      `${op}: the model gives ${formatShape(output.shape)}; use one that gives scores [N, K].`,
    );
  }
  if (target === undefined) return output.detach().argmax(1);
  const told = (value: number): string =>
    `${op}: target is ${value}; the model has ${classes!} classes, use 0 to ${classes! - 1}.`;
  if (typeof target === 'number') {
    if (Number.isInteger(target) && target >= 0 && target < classes!) {
      return full([n!], target, { dtype: 'i32' });
    }
    throw new IndexError(told(target));
  }
  if (target.dtype !== 'i32') {
    throw new DTypeError(`${op}: target is ${target.dtype}; give class numbers as i32.`);
  }
  if (target.rank !== 1 || target.shape[0] !== n) {
    throw new ShapeError(
      `${op}: target is ${formatShape(target.shape)}, the output [N, K] = ` +
        `${formatShape(output.shape)}; give a class number for each of the ${n!} samples.`,
    );
  }
  requireRange(target, 0, classes!, told);
  return target;
}

/** y_c of each sample, [N]: of scores [N, K] those of classes [N]. */
export function scoresOf(output: Tensor, classes: Tensor): Tensor {
  return output.gather(1, classes.unsqueeze(1)).squeeze(1);
}
