/** What losses share that compare each element of the input with one of the target. */
import { isFloat } from '../../engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../engine/core/errors.js';
import type { Shape } from '../../engine/core/shape.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import type { Allowed } from './known-values.js';
import { NUMBERS, requireKnown } from './known-values.js';
import type { Reduction } from './reduction.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** What is demanded of the arguments of a loss, beyond like shapes and dtypes. */
export interface Demands {
  readonly reduction: Reduction | undefined;
  /** The values a target may have. Default: all numbers. */
  readonly targets?: Allowed;
}

/** The loss of `input` and `target`, reduced, once it is clear that they are alike and fit. */
export function elementLoss(
  op: string,
  input: Tensor,
  target: Tensor,
  { reduction, targets = NUMBERS }: Demands,
  lossOf: () => Tensor,
): Tensor {
  requireReduction(op, reduction);
  requireAlike(op, { input, target });
  requireKnown(op, 'target', target, targets);
  return reduceLoss(lossOf(), reduction);
}

/** Throws unless two tensors, given by their names, are floats of one shape and dtype. */
export function requireAlike(op: string, pair: Readonly<Record<string, Tensor>>): void {
  const [[a, x], [b, y]] = Object.entries(pair) as [[string, Tensor], [string, Tensor]];
  if (!sameShape(x.shape, y.shape)) {
    throw new ShapeError(
      `${op}: ${a} is ${formatShape(x.shape)} and ${b} ${formatShape(y.shape)}; make them equal` +
        `${x.size === y.size ? ', for instance by reshape()' : ''}.`,
    );
  }
  if (!isFloat(x.dtype) || x.dtype !== y.dtype) {
    throw new DTypeError(
      `${op}: ${a} is ${x.dtype} and ${b} ${y.dtype}; use f32 for both, or f64.`,
    );
  }
}

/** Throws unless a factor of the losses has the dtype of the input and broadcasts to its shape. */
export function requireFactor(op: string, name: string, factor: Tensor, input: Tensor): void {
  if (!broadcastsTo(factor.shape, input.shape)) {
    throw new ShapeError(
      `${op}: ${name} is ${formatShape(factor.shape)}, and input ${formatShape(input.shape)}; give ` +
        'what broadcasts to the shape of the input.',
    );
  }
  if (factor.dtype !== input.dtype) {
    throw new DTypeError(
      `${op}: ${name} is ${factor.dtype}, input ${input.dtype}; make them equal.`,
    );
  }
}

/** Whether a tensor of this shape broadcasts to another shape without changing that. */
export function broadcastsTo(shape: Shape, to: Shape): boolean {
  const offset = to.length - shape.length;
  return offset >= 0 && shape.every((d, i) => d === 1 || d === to[offset + i]);
}
