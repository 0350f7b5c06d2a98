import type { DType } from '../core/dtype.js';
import type { Shape } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpAttrs, OpName } from '../graph/node.js';

export type Family =
  | 'source'
  | 'elementwise'
  | 'movement'
  | 'reduce'
  | 'window'
  | 'contraction'
  | 'indexed'
  | 'segment'
  | 'sparse'
  | 'control';

/**
 * Gradients of a scalar loss with respect to the inputs of `node`, given `g`, the one with respect
 * to its value. `null` where nothing flows (an integer operand, say). Never called for a node of
 * integer or bool dtype.
 */
export type GradientRule<K extends OpName> = (
  b: Builder,
  node: GraphNode<K>,
  g: GraphNode,
) => readonly (GraphNode | null)[];

/** A value of the reference implementation: every dtype is held in f64, row-major. */
export interface RefArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Float64Array;
}

/**
 * One element of an elementwise operation, in f64. `dtype` is that of the result, to which the
 * caller rounds (`roundTo`); results of i32 operations have wrapped already.
 */
export type ScalarRule = (dtype: DType, ...operands: number[]) => number;

/** One row of the op table: all that is true of a primitive on every backend. */
export interface OpRow<K extends OpName> {
  readonly name: K;
  readonly family: Family;
  /** Dtypes of the operands that hold values; where there are none, and for cast, of the result. */
  readonly dtypes: readonly DType[];
  /** Shape and dtype of the result. Throws a ShapeError or DTypeError that names the operation. */
  infer(inputs: readonly Aval[], attrs: OpAttrs[K], wanted: Partial<Aval>): Aval;
  /**
   * The reference, in f64; the interpreter rounds the result to the dtype of `out`.
   * `source` rows of kind leaf have no reference.
   */
  reference(inputs: readonly RefArray[], attrs: OpAttrs[K], out: Aval): Float64Array;
  /** Present in elementwise rows, and only there; `reference` derives from it. */
  readonly scalar?: ScalarRule;
  /** `special`: autograd treats the operation itself, as it has several results. */
  readonly gradient: GradientRule<K> | { readonly none: string } | { readonly special: string };
}
