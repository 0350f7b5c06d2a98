import type { DType } from '../../core/dtype.js';
import type { BinaryOp, CompareOp, GraphNode, UnaryOp } from '../../graph/node.js';

/** Something that varies inside an index: a loop dimension, or a value derived in a kernel. */
export type Atom =
  | { readonly kind: 'dim'; readonly dim: number }
  | { readonly kind: 'div' | 'mod'; readonly of: Affine; readonly by: number }
  | { readonly kind: 'data'; readonly expr: KernelExpr };

export interface Term {
  readonly atom: Atom;
  readonly key: string;
  readonly coef: number;
  /** Range of the atom. */
  readonly min: number;
  readonly max: number;
}

/**
 * An index: offset + Σ coefficient · atom. Movement operations (reshape, permute, slice, …) become
 * arithmetic on these, so that no view is ever copied; what stays affine in the loop dimensions is
 * loaded as a vector.
 */
export interface Affine {
  readonly offset: number;
  /** Sorted by key, coefficients not 0. */
  readonly terms: readonly Term[];
  readonly min: number;
  readonly max: number;
  /** Bit d: depends on loop dimension d. */
  readonly dims: number;
}

export type ApplyOp = UnaryOp | BinaryOp | CompareOp | 'where' | 'cast';

/** `low` ≤ index < `high`. */
export interface Within {
  readonly index: Affine;
  readonly low: number;
  readonly high: number;
}

interface Common {
  readonly dtype: DType;
  /** Bit d: the value varies with loop dimension d. */
  readonly dims: number;
  /** Identifies the value within its kernel: equal keys, equal values. */
  readonly key: string;
}

/**
 * What a kernel computes for one element, as a function of its loop dimensions: elementwise
 * operations over loads, all movement already turned into index arithmetic.
 */
export type KernelExpr = Common &
  (
    | { readonly kind: 'load'; readonly buffer: GraphNode; readonly index: Affine }
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'iota'; readonly index: Affine }
    | {
        readonly kind: 'random';
        readonly state: GraphNode;
        readonly index: Affine;
        readonly offset: number;
      }
    | { readonly kind: 'apply'; readonly op: ApplyOp; readonly args: readonly KernelExpr[] }
    /** `inside` where every condition holds; it is evaluated nowhere else. */
    | {
        readonly kind: 'choose';
        readonly when: readonly Within[];
        readonly inside: KernelExpr;
        readonly outside: KernelExpr;
      }
    /** The result of an earlier reduction of the same kernel, or the sums of a contraction. */
    | { readonly kind: 'result'; readonly of: GraphNode }
  );
