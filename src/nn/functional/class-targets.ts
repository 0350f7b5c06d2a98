/** Class numbers as targets of a classification loss: their checks, and how they pick a class. */
import { ArgumentError, DTypeError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { arange, requireRange, where } from '../../tensor/index.js';
import { requireValues } from '../../tensor/require-range.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss } from './reduction.js';

/** Options of losses of class numbers. */
export interface ClassOptions extends LossOptions {
  /** A factor for the losses of each class, [C], of the dtype of the input. Default 1. */
  readonly weight?: Tensor;
  /**
   * A class number that takes no part, neither in sums nor in the divisor of a mean. Default none:
   * in PyTorch it is -100, here -100 is out of range unless asked for.
   */
  readonly ignoreIndex?: number;
}

/** The axis of the classes in an input [C], [N, C] or [N, C, d1, …]. */
export function classAxis(input: Tensor): number {
  return input.rank === 1 ? 0 : 1;
}

/** Throws unless input is a float [C], [N, C] or [N, C, d1, …], and weight [C]. */
export function checkClassInput(op: string, input: Tensor, weight: Tensor | undefined): void {
  if (input.rank === 0) {
    throw new ShapeError(`${op}: input is a scalar; give [N, C], or [N, C, d1, …].`);
  }
  if (input.dtype !== 'f32' && input.dtype !== 'f64') {
    throw new DTypeError(`${op}: input is ${input.dtype}; use f32 or f64.`);
  }
  if (!weight) return;
  const classes = input.shape[classAxis(input)]!;
  if (!sameShape(weight.shape, [classes])) {
    throw new ShapeError(
      `${op}: weight is ${formatShape(weight.shape)}, input [N, C, …] = ` +
        `${formatShape(input.shape)}; give one weight for each of the ${classes} classes.`,
    );
  }
  if (weight.dtype !== input.dtype) {
    throw new DTypeError(
      `${op}: weight is ${weight.dtype}, input ${input.dtype}; make them equal.`,
    );
  }
}

/**
 * Throws unless `target` holds class numbers for `input`, integers in its shape less classes, and
 * there is something to take the mean of, if that is wanted.
 */
export function checkClassNumbers(
  op: string,
  input: Tensor,
  target: Tensor,
  { ignoreIndex, reduction = 'mean' }: ClassOptions = {},
): void {
  const axis = classAxis(input);
  const expected = input.shape.filter((_, i) => i !== axis);
  const classes = input.shape[axis]!;
  if (!sameShape(target.shape, expected)) {
    throw new ShapeError(
      `${op}: input [N, C, …] = ${formatShape(input.shape)} takes class numbers of shape ` +
        `${formatShape(expected)}, target is ${formatShape(target.shape)}` +
        `${target.size === classesOf(expected) ? '; use reshape()' : ''}.`,
    );
  }
  if (target.dtype !== 'i32' && target.dtype !== 'u8') {
    throw new DTypeError(
      `${op}: target is ${target.dtype}, and class numbers are i32; use target.int(), or ` +
        `dtype: 'i32' where it is made.`,
    );
  }
  const message = (value: number): string =>
    `${op}: target has class ${value}, input [N, C, …] = ${formatShape(input.shape)} has ` +
    `${classes} classes; use 0…${classes - 1}` +
    `${value < 0 ? `, or pass ignoreIndex: ${value} to leave it out` : ''}.`;
  if (ignoreIndex === undefined) requireRange(target, 0, classes, message);
  else requireRange(target, 0, classes, message, { allowed: ignoreIndex });
  if (ignoreIndex !== undefined && reduction === 'mean') requireCounted(op, target, ignoreIndex);
}

function requireCounted(op: string, target: Tensor, ignoreIndex: number): void {
  requireValues(target, [], (values) => {
    if (values.length === 0 || values.some((value) => value !== ignoreIndex)) return;
    throw new ArgumentError(
      `${op}: target is the ignoreIndex ${ignoreIndex} everywhere, so there is no mean; leave such a ` +
        "batch out, or use reduction 'sum'.",
    );
  });
}

function classesOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/**
 * Where the class is the target's, as bool [N, C, …]. By comparison, not by indexing: then forward
 * and backward are row-wise, and fuse with their surroundings.
 */
export function classHit(input: Tensor, target: Tensor): Tensor {
  const axis = classAxis(input);
  const numbers = arange(input.shape[axis]!);
  const spread = numbers.reshape(input.shape.map((d, i) => (i === axis ? d : 1)));
  return target.int().unsqueeze(axis).eq(spread);
}

/** `weight` [C] along the axis of the classes of `input`. */
export function alongClasses(weight: Tensor, input: Tensor): Tensor {
  const axis = classAxis(input);
  return weight.reshape(input.shape.map((d, i) => (i === axis ? d : 1)));
}

/** The weight of each target's class, in the shape of the targets. */
export function weightsOfTargets(hit: Tensor, weight: Tensor, input: Tensor): Tensor {
  return where(hit, alongClasses(weight, input), 0).sum(classAxis(input));
}

/**
 * Losses, one for each target, reduced: those of ignored targets are 0, and the mean divides by the
 * weights of the others, if there are weights, else by their number.
 */
export function reduceClassLosses(
  losses: Tensor,
  target: Tensor,
  weights: Tensor | undefined,
  { ignoreIndex, reduction }: ClassOptions,
): Tensor {
  if (ignoreIndex === undefined) return reduceLoss(losses, reduction, weights?.sum());
  const counts = target.int().ne(ignoreIndex);
  // No class is hit where the target is ignored, unless that is a class as well.
  const divisors = weights ? where(counts, weights, 0) : counts.to(losses.dtype);
  return reduceLoss(where(counts, losses, 0), reduction, divisors.sum());
}
