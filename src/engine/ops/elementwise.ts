import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import { sizeOf } from '../core/shape.js';
import type { Aval, BinaryOp, CompareOp, OpAttrs, UnaryOp } from '../graph/node.js';
import { checkDtype, checkSameDtype, checkSameShape, operands } from './operands.js';
import type { GradientRule, OpRow, RefArray, ScalarRule } from './row.js';

export type ElementwiseOp = UnaryOp | BinaryOp | CompareOp | 'where' | 'cast';

/** A row of an operation that works on each element alone. */
export interface ElementwiseRow<K extends ElementwiseOp> extends OpRow<K> {
  readonly family: 'elementwise';
  readonly scalar: ScalarRule;
}

interface ElementwiseSpec<K extends ElementwiseOp> {
  readonly dtypes: readonly DType[];
  /** The rule for shape and dtype, where it is not "as the operands, which agree". */
  readonly infer?: OpRow<K>['infer'];
  readonly scalar: ScalarRule;
  readonly gradient: GradientRule<K> | { readonly none: string };
}

/** A row from what is particular to the operation. */
export function elementwise<K extends ElementwiseOp>(
  name: K,
  arity: number,
  spec: ElementwiseSpec<K>,
): ElementwiseRow<K> {
  return {
    name,
    family: 'elementwise',
    dtypes: spec.dtypes,
    scalar: spec.scalar,
    gradient: spec.gradient,
    infer: spec.infer ?? ((inputs) => agreeing(name, inputs, arity, spec.dtypes)),
    reference: (inputs: readonly RefArray[], _attrs: OpAttrs[K], out: Aval) =>
      mapElements(spec.scalar, inputs, out),
  };
}

/** Shape and dtype of operands that agree in both. */
export function agreeing(
  op: string,
  inputs: readonly Aval[],
  arity: number,
  dtypes: readonly DType[],
): Aval {
  const first = operands(op, inputs, arity)[0]!;
  checkSameDtype(op, inputs);
  checkDtype(op, first, dtypes);
  checkSameShape(op, inputs);
  return { shape: first.shape, dtype: first.dtype };
}

function mapElements(scalar: ScalarRule, inputs: readonly RefArray[], out: Aval): Float64Array {
  const result = new Float64Array(sizeOf(out.shape));
  const [x, y, z] = inputs.map((input) => input.data);
  for (let i = 0; i < result.length; i++) {
    result[i] = scalar(out.dtype, x![i]!, y === undefined ? 0 : y[i]!, z === undefined ? 0 : z[i]!);
  }
  return result;
}

/** `value` of integer arithmetic, wrapped to 32 bits unless `dtype` is a float. */
export function wrap(dtype: DType, value: number): number {
  return isFloat(dtype) ? value : value | 0;
}
