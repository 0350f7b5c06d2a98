/** What the rows' infer rules share: checks of operands and attributes, and their messages. */
import type { DType } from '../core/dtype.js';
import { ArgumentError, DTypeError, ShapeError, invariant } from '../core/errors.js';
import type { Shape } from '../core/shape.js';
import { formatShape, sameShape } from '../core/shape.js';
import type { Aval } from '../graph/node.js';

export const ALL: readonly DType[] = ['f32', 'f64', 'i32', 'u8', 'bool'];
export const NUMERIC: readonly DType[] = ['f32', 'f64', 'i32', 'u8'];
export const FLOATS: readonly DType[] = ['f32', 'f64'];
export const BITS: readonly DType[] = ['i32', 'u8', 'bool'];

/** The operands, `count` of them. A wrong number is a bug of the caller, not a user's error. */
export function operands(op: string, inputs: readonly Aval[], count: 1): readonly [Aval];
export function operands(op: string, inputs: readonly Aval[], count: 2): readonly [Aval, Aval];
export function operands(op: string, inputs: readonly Aval[], count: number): readonly Aval[];
export function operands(op: string, inputs: readonly Aval[], count: number): readonly Aval[] {
  invariant(
    inputs.length === count && inputs.every((x) => x !== undefined),
    `${op} takes ${count} operand${count === 1 ? '' : 's'} and got ${inputs.length}`,
  );
  return inputs;
}

function remedy(dtypes: readonly DType[]): string {
  return dtypes.length === 1 ? `cast to ${dtypes[0]!}` : `use one of ${dtypes.join(', ')}`;
}

/** Throws unless `x` has one of `dtypes`. */
export function checkDtype(op: string, x: Aval, dtypes: readonly DType[], what = 'operand'): void {
  if (dtypes.includes(x.dtype)) return;
  throw new DTypeError(
    `${op}: ${what} of shape ${formatShape(x.shape)} is ${x.dtype}, which ${op} does not take; ` +
      `${remedy(dtypes)}.`,
  );
}

/** Throws unless the operands agree in dtype. */
export function checkSameDtype(op: string, inputs: readonly Aval[]): void {
  if (inputs.every((x) => x.dtype === inputs[0]!.dtype)) return;
  throw new DTypeError(
    `${op}: operands are ${inputs.map((x) => x.dtype).join(' and ')}; cast them to one dtype.`,
  );
}

/** Throws unless the operands agree in shape. */
export function checkSameShape(op: string, inputs: readonly Aval[]): void {
  if (inputs.every((x) => sameShape(x.shape, inputs[0]!.shape))) return;
  throw new ShapeError(
    `${op}: operands have shapes ${inputs.map((x) => formatShape(x.shape)).join(' and ')}; ` +
      `broadcast them to one shape.`,
  );
}

/** Throws unless `axis` is an integer of 0 … rank - 1. Negative axes are the tensor layer's. */
export function checkAxis(op: string, axis: number, shape: Shape): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length) return;
  throw new ShapeError(
    `${op}: axis ${axis} does not exist in shape ${formatShape(shape)}; ` +
      (shape.length === 0 ? 'a scalar has no axes.' : `use 0…${shape.length - 1}.`),
  );
}

/** Throws unless `axes` are distinct axes of `shape` in ascending order. */
export function checkAscendingAxes(op: string, axes: readonly number[], shape: Shape): void {
  for (const axis of axes) checkAxis(op, axis, shape);
  if (axes.every((axis, i) => i === 0 || axis > axes[i - 1]!)) return;
  throw new ShapeError(`${op}: axes [${axes.join(', ')}] must be distinct and ascending.`);
}

/** Throws unless `list` holds one integer ≥ `least` per axis of `shape`. */
export function checkPerAxis(
  op: string,
  name: string,
  list: readonly number[],
  shape: Shape,
  least = -Infinity,
): void {
  if (list.length !== shape.length) {
    throw new ArgumentError(
      `${op}: ${name} has ${list.length} entries for shape ${formatShape(shape)}; ` +
        `give one per axis (${shape.length}).`,
    );
  }
  const bad = list.find((v) => !Number.isInteger(v) || v < least);
  if (bad === undefined) return;
  throw new ArgumentError(
    `${op}: ${name} = [${list.join(', ')}] has an entry of ${bad}; ` +
      `use integers${least > -Infinity ? ` ≥ ${least}` : ''}.`,
  );
}

/** The result's shape, for operations whose operands do not give it. */
export function wantedShape(op: string, wanted: Partial<Aval>): Shape {
  invariant(wanted.shape !== undefined, `${op} needs the shape of its result`);
  return wanted.shape;
}

/** The result's dtype, for operations whose operands do not give it. */
export function wantedDtype(op: string, wanted: Partial<Aval>): DType {
  invariant(wanted.dtype !== undefined, `${op} needs the dtype of its result`);
  return wanted.dtype;
}
