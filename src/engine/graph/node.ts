import type { DType } from '../core/dtype.js';
import type { Shape } from '../core/shape.js';

/** Elementwise functions of one operand. Floats only, but for neg, abs, sign and not. */
export type UnaryOp =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'log1p'
  | 'expm1'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'relu'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'not';

/** Elementwise functions of two operands of one shape and dtype. */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'max'
  | 'min'
  | 'mod'
  | 'and'
  | 'or'
  | 'xor'
  | 'shiftLeft'
  | 'shiftRight';

/** Comparisons of two operands of one shape and dtype; the result is bool. */
export type CompareOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** Reductions over `axes`; the axes disappear from the shape. */
export type ReduceOp = 'sum' | 'prod' | 'reduceMax' | 'reduceMin';

/** Reductions over segments of the first axis. Inputs: x, pointers i32. */
export type SegmentOp = 'segmentSum' | 'segmentMax' | 'segmentArgMax';

type None = Readonly<Record<string, never>>;

/** The attributes of every primitive. The rows of the op table say what they mean. */
export type OpAttrs = Record<UnaryOp | BinaryOp | CompareOp | SegmentOp, None> &
  Record<ReduceOp, { readonly axes: readonly number[] }> &
  Record<'windowSum' | 'windowMax' | 'argMaxWindow', Windows> & {
    leaf: { readonly source: LeafSource };
    constant: { readonly value: number };
    iota: { readonly axis: number };
    /** Input: generator state i32[4] = key, key, counter low, counter high. Result: i32. */
    randomBits: { readonly offset: number };
    where: None;
    cast: None;
    reshape: None;
    permute: { readonly axes: readonly number[] };
    broadcast: None;
    /** Adds `low`, `high` (may be negative) and `interior` copies of `value` along each axis. */
    pad: {
      readonly low: readonly number[];
      readonly high: readonly number[];
      readonly interior: readonly number[];
      readonly value: number;
    };
    slice: {
      readonly start: readonly number[];
      readonly stop: readonly number[];
      readonly step: readonly number[];
    };
    flip: { readonly axes: readonly number[] };
    concat: { readonly axis: number };
    window: {
      readonly axis: number;
      readonly size: number;
      readonly stride: number;
      readonly dilation: number;
    };
    argMax: { readonly axis: number };
    argMin: { readonly axis: number };
    /** Result dims: batch, free of the left operand, free of the right operand. */
    dot: {
      readonly batch: readonly [readonly number[], readonly number[]];
      readonly contract: readonly [readonly number[], readonly number[]];
    };
    /**
     * Per spatial axis; `order`: axis i of the result is axis order[i] of [N, G, O, …P].
     */
    conv: {
      readonly stride: readonly number[];
      readonly low: readonly number[];
      readonly high: readonly number[];
      readonly inputDilation: readonly number[];
      readonly kernelDilation: readonly number[];
      readonly order: readonly number[];
    };
    /** out[…i…] = x[…index[…i…]…] along `axis`; an index out of range reads 0. */
    gather: { readonly axis: number };
    /** out[…index[…i…]…] += updates[…i…] along `axis` of extent `size`; others are dropped. */
    scatterAdd: { readonly axis: number; readonly size: number };
    /** Inputs: a row per segment, pointers. Result: `size` elements, each the row of its segment. */
    segmentGather: { readonly size: number };
    /** Input: pointers. Result: the segments of `size` elements, -1 for none. */
    segmentIds: { readonly size: number };
    /** Inputs: two operands, then a sparse matrix: ptr, index, tptr, tindex, tperm, perm. */
    spmm: None;
    sddmm: None;
    /** Inputs: an operand, then of a sparse matrix: index, tptr, tperm. */
    slotGather: None;
    slotSum: None;
    /** Positions of the first `count` elements along `axis`, in order. */
    argsort: { readonly axis: number; readonly descending: boolean; readonly count: number };
    /** Sums of all elements up to each one; `reverse`: from each one on; `exclusive`: without it. */
    cumsum: { readonly axis: number; readonly reverse: boolean; readonly exclusive: boolean };
    /** Inputs: x, start i32[rank]. A window of `sizes`, moved to lie within x. */
    dynamicSlice: { readonly sizes: readonly number[] };
    /** Inputs: x, update, start i32[rank]. x with the update in its place. */
    dynamicUpdate: None;
    /** Inputs: carries, stacked xs [T, …], constants. `scanResult` gives its results. */
    scan: ScanAttrs;
    /** Result `index` of a scan: the last carries come first, then the stacked outputs [T, …]. */
    scanResult: { readonly index: number };
  };

/** Windows over the last axes, by axis; `low` and `high` are padding, or cut off if negative. */
export interface Windows {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export type OpName = keyof OpAttrs;

/** A closed graph that a scan repeats. */
export interface ScanBody {
  /** Leaves of kind param: the carries, the slices of the xs, and the constants. */
  readonly params: readonly GraphNode[];
  /** The next carries, and what is stacked. */
  readonly results: readonly GraphNode[];
  /** Equal keys mean equal bodies. */
  readonly key: string;
}

export interface ScanAttrs {
  readonly body: ScanBody;
  /** T, the number of steps. */
  readonly length: number;
  /** How many of the inputs are carries, and how many after them are stacked. */
  readonly carries: number;
  readonly xs: number;
  /** Steps run from T - 1 down to 0; xs and outputs are indexed by the step all the same. */
  readonly reverse: boolean;
  /**
   * What the gradient finds stored: 'values', all that is dear to compute; 'carry', only the carries
   * of each step, from which it computes the rest again.
   */
  readonly save: 'values' | 'carry';
}

/**
 * What stands behind a leaf: an input of a traced function, a fixed value, a variable, or a
 * parameter of a body.
 */
export interface LeafSource {
  readonly kind: 'input' | 'storage' | 'variable' | 'param';
}

/** Shape and dtype of a value. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A value of the graph: immutable, in SSA form; shared nodes make it a DAG. */
export interface GraphNode<K extends OpName = OpName> extends Aval {
  readonly id: number;
  readonly op: K;
  readonly attrs: OpAttrs[K];
  readonly inputs: readonly GraphNode[];
}

/** Narrows `node` to operation `op`. */
export function isOp<K extends OpName>(node: GraphNode, op: K): node is GraphNode<K> {
  return (node.op as OpName) === op;
}

/** All nodes that `outputs` depend on, producers first, each once. Iterative: graphs are deep. */
export function topological(outputs: readonly GraphNode[]): GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<GraphNode, boolean>(); // false: open, true: done
  const stack: GraphNode[] = [...outputs].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const seen = state.get(node);
    if (seen === true) {
      stack.pop();
    } else if (seen === false) {
      state.set(node, true);
      order.push(node);
      stack.pop();
    } else {
      state.set(node, false);
      for (let i = node.inputs.length - 1; i >= 0; i--) {
        const input = node.inputs[i]!;
        if (!state.has(input)) stack.push(input);
      }
    }
  }
  return order;
}
