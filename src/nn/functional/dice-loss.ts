import { ArgumentError, ShapeError } from '../../engine/core/errors.js';
import { formatShape, sameShape } from '../../engine/core/shape.js';
import type { Tensor } from '../../tensor/index.js';
import { where } from '../../tensor/index.js';
import { requireOption } from '../check.js';
import { checkClassInput, checkClassNumbers, classHit } from './class-targets.js';
import { PROBABILITIES, requireKnown } from './known-values.js';
import type { LossOptions } from './reduction.js';
import { reduceLoss, requireReduction } from './reduction.js';

/** Options of `diceLoss` and `DiceLoss`. */
export interface DiceLossOptions extends LossOptions {
  /** s > 0, added to numerator and denominator: what is rightly empty has loss 0. Default 1. */
  readonly smooth?: number;
  /** A class number whose places take no part. Default none. */
  readonly ignoreIndex?: number;
}

/**
 * One minus the soft Dice coefficient of what is predicted and what is there, for each sample and
 * class over all places:
 *
 * ℓ = 1 - (2 Σ p t + s) / (Σ p + Σ t + s).
 *
 * With class numbers as target p = softmax(x) over the classes, and t is 1 at the class; with masks
 * p = σ(x), each channel by itself, as for one foreground class with C = 1. Small classes count as
 * much as large ones. Milletari et al., 2016, arXiv:1606.04797, there with squares.
 *
 * @param input Logits [N, C, d1, …], f32 or f64.
 * @param target Class numbers [N, d1, …], i32 or u8; or masks in the shape of the input, from 0 to
 *   1, of any dtype.
 * @returns A scalar, or with reduction 'none' the shape [N, C].
 * @throws ShapeError, DTypeError, ArgumentError for an option; IndexError if a class number is out
 *   of range, ArgumentError if masks are, in compiled functions when they are called.
 *
 * @example
 * const x = tensor([[[-9, 9, 9, -9]]]); // [N, C, L] = [1, 1, 4]
 * diceLoss(x, tensor([[[0, 1, 0, 0]]])).item(); // 1 - (2 · 1 + 1) / (2 + 1 + 1) = 0.25
 */
export function diceLoss(input: Tensor, target: Tensor, options: DiceLossOptions = {}): Tensor {
  const { smooth = 1, ignoreIndex, reduction } = options;
  const op = 'diceLoss';
  requireReduction(op, reduction);
  requireOption(op, 'smooth', smooth, smooth > 0 && smooth < Infinity, 'a number above 0');
  checkClassInput(op, input, undefined);
  if (input.rank < 2) {
    throw new ShapeError(`${op}: input is ${formatShape(input.shape)}; give [N, C, d1, …].`);
  }
  const [p, t] = sameShape(target.shape, input.shape)
    ? ofMasks(op, input, target, ignoreIndex)
    : ofClasses(op, input, target, ignoreIndex);
  const total = (x: Tensor): Tensor => x.unsqueeze(-1).flatten(2).sum(2);
  const overlap = total(p.mul(t)).mul(2).add(smooth);
  const losses = overlap
    .div(total(p).add(total(t)).add(smooth))
    .neg()
    .add(1);
  return reduceLoss(losses, reduction);
}

/** Probabilities, and what they should be. */
type Pair = readonly [Tensor, Tensor];

function ofMasks(op: string, input: Tensor, target: Tensor, ignoreIndex?: number): Pair {
  if (ignoreIndex !== undefined) {
    throw new ArgumentError(
      `${op}: ignoreIndex is a class number, and target holds masks; use class numbers.`,
    );
  }
  requireKnown(op, 'target', target, PROBABILITIES);
  return [input.sigmoid(), target.to(input.dtype)];
}

function ofClasses(op: string, input: Tensor, target: Tensor, ignoreIndex?: number): Pair {
  const ignored = ignoreIndex === undefined ? {} : { ignoreIndex };
  checkClassNumbers(op, input, target, { reduction: 'none', ...ignored });
  const pair: Pair = [input.softmax(1), classHit(input, target).to(input.dtype)];
  if (ignoreIndex === undefined) return pair;
  const counts = target.int().ne(ignoreIndex).unsqueeze(1);
  return [where(counts, pair[0], 0), where(counts, pair[1], 0)];
}
