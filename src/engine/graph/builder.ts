import type { DType } from '../core/dtype.js';
import { roundTo } from '../core/dtype.js';
import type { Shape } from '../core/shape.js';
import { sameShape } from '../core/shape.js';
import type {
  Aval,
  BinaryOp,
  CompareOp,
  GraphNode,
  LeafSource,
  OpAttrs,
  OpName,
  ReduceOp,
  SegmentOp,
  UnaryOp,
  Windows,
} from './node.js';

/** Shape and dtype rule of an operation; throws ShapeError or DTypeError on a misfit. */
export type InferRule = <K extends OpName>(
  op: K,
  inputs: readonly Aval[],
  attrs: OpAttrs[K],
  wanted: Partial<Aval>,
) => Aval;

/**
 * Where the values of a sparse matrix [V, U] lie, all i32: pointers of the rows [V + 1], columns [E];
 * pointers of the columns [U + 1], rows [E], for each slot in the order of columns the one in the
 * order of rows [E], and the reverse [E].
 */
export type SparseStructure = readonly [
  ptr: GraphNode,
  index: GraphNode,
  tptr: GraphNode,
  tindex: GraphNode,
  tperm: GraphNode,
  perm: GraphNode,
];

/** The columns of a sparse matrix's slots, and its slots column by column. */
export type SlotStructure = readonly [index: GraphNode, tptr: GraphNode, tperm: GraphNode];

const NO_ATTRS = Object.freeze({}) as Readonly<Record<string, never>>;
let nextId = 0;

/**
 * Makes graph nodes. Operands of elementwise operations must agree in shape and dtype here;
 * broadcasting and promotion are the tensor layer's. Movements that change nothing return their
 * operand.
 */
export class Builder {
  constructor(private readonly infer: InferRule) {}

  /** `wanted` gives the result's shape or dtype where the operands do not determine it. */
  node<K extends OpName>(
    op: K,
    inputs: readonly GraphNode[],
    attrs: OpAttrs[K],
    wanted: Partial<Aval> = {},
  ): GraphNode<K> {
    const { shape, dtype } = this.infer(op, inputs, attrs, wanted);
    return { id: nextId++, op, inputs, attrs, shape, dtype };
  }

  leaf(source: LeafSource, shape: Shape, dtype: DType): GraphNode {
    return this.node('leaf', [], { source }, { shape, dtype });
  }
  /** The attribute is the value as stored, so that folding constants changes no bit. */
  constant(value: number, shape: Shape, dtype: DType): GraphNode {
    return this.node('constant', [], { value: roundTo(dtype, value) }, { shape, dtype });
  }
  /** A constant shaped like `x`. */
  like(x: Aval, value: number): GraphNode {
    return this.constant(value, x.shape, x.dtype);
  }
  iota(shape: Shape, axis: number, dtype: DType): GraphNode {
    return this.node('iota', [], { axis }, { shape, dtype });
  }
  randomBits(state: GraphNode, shape: Shape, offset: number): GraphNode {
    return this.node('randomBits', [state], { offset }, { shape });
  }

  unary(op: UnaryOp, x: GraphNode): GraphNode {
    return this.node(op, [x], NO_ATTRS);
  }
  binary(op: BinaryOp, x: GraphNode, y: GraphNode): GraphNode {
    return this.node(op, [x, y], NO_ATTRS);
  }
  compare(op: CompareOp, x: GraphNode, y: GraphNode): GraphNode {
    return this.node(op, [x, y], NO_ATTRS);
  }
  where(cond: GraphNode, x: GraphNode, y: GraphNode): GraphNode {
    return this.node('where', [cond, x, y], NO_ATTRS);
  }
  cast(x: GraphNode, dtype: DType): GraphNode {
    return x.dtype === dtype ? x : this.node('cast', [x], NO_ATTRS, { dtype });
  }

  neg(x: GraphNode): GraphNode {
    return this.unary('neg', x);
  }
  add(x: GraphNode, y: GraphNode): GraphNode {
    return this.binary('add', x, y);
  }
  sub(x: GraphNode, y: GraphNode): GraphNode {
    return this.binary('sub', x, y);
  }
  mul(x: GraphNode, y: GraphNode): GraphNode {
    return this.binary('mul', x, y);
  }
  div(x: GraphNode, y: GraphNode): GraphNode {
    return this.binary('div', x, y);
  }

  reshape(x: GraphNode, shape: Shape): GraphNode {
    return sameShape(x.shape, shape) ? x : this.node('reshape', [x], NO_ATTRS, { shape });
  }
  permute(x: GraphNode, axes: readonly number[]): GraphNode {
    return axes.every((a, i) => a === i) ? x : this.node('permute', [x], { axes });
  }
  /** Same rank; axes of extent 1 are repeated. */
  broadcast(x: GraphNode, shape: Shape): GraphNode {
    return sameShape(x.shape, shape) ? x : this.node('broadcast', [x], NO_ATTRS, { shape });
  }
  /** NumPy's rule: missing leading axes are added, axes of extent 1 repeated. */
  broadcastTo(x: GraphNode, shape: Shape): GraphNode {
    const missing = shape.length - x.shape.length;
    const full = missing > 0 ? [...new Array<number>(missing).fill(1), ...x.shape] : x.shape;
    return this.broadcast(this.reshape(x, full), shape);
  }
  pad(x: GraphNode, attrs: OpAttrs['pad']): GraphNode {
    return this.node('pad', [x], { ...attrs, value: roundTo(x.dtype, attrs.value) });
  }
  slice(x: GraphNode, attrs: OpAttrs['slice']): GraphNode {
    return this.node('slice', [x], attrs);
  }
  flip(x: GraphNode, axes: readonly number[]): GraphNode {
    return axes.length === 0 ? x : this.node('flip', [x], { axes });
  }
  concat(parts: readonly GraphNode[], axis: number): GraphNode {
    return parts.length === 1 ? parts[0]! : this.node('concat', parts, { axis });
  }

  window(x: GraphNode, attrs: OpAttrs['window']): GraphNode {
    return this.node('window', [x], attrs);
  }
  windowSum(x: GraphNode, attrs: Windows): GraphNode {
    return this.node('windowSum', [x], attrs);
  }
  windowMax(x: GraphNode, attrs: Windows): GraphNode {
    return this.node('windowMax', [x], attrs);
  }
  argMaxWindow(x: GraphNode, attrs: Windows): GraphNode {
    return this.node('argMaxWindow', [x], attrs);
  }

  reduce(op: ReduceOp, x: GraphNode, axes: readonly number[]): GraphNode {
    return axes.length === 0 ? x : this.node(op, [x], { axes });
  }
  sum(x: GraphNode, axes: readonly number[]): GraphNode {
    return this.reduce('sum', x, axes);
  }
  /** A reduction whose axes stay, with extent 1. */
  reduceKeep(op: ReduceOp, x: GraphNode, axes: readonly number[]): GraphNode {
    const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
    return this.reshape(this.reduce(op, x, axes), kept);
  }
  arg(op: 'argMax' | 'argMin', x: GraphNode, axis: number): GraphNode {
    return this.node(op, [x], { axis });
  }

  dot(x: GraphNode, y: GraphNode, attrs: OpAttrs['dot']): GraphNode {
    return this.node('dot', [x, y], attrs);
  }
  conv(x: GraphNode, weight: GraphNode, attrs: OpAttrs['conv']): GraphNode {
    return this.node('conv', [x, weight], attrs);
  }
  gather(x: GraphNode, index: GraphNode, axis: number): GraphNode {
    return this.node('gather', [x, index], { axis });
  }
  /** The results of a scan: the last carries, then the stacked outputs. */
  scan(inputs: readonly GraphNode[], attrs: OpAttrs['scan']): GraphNode[] {
    const scan = this.node('scan', inputs, attrs);
    return attrs.body.results.map((_, index) => this.scanResult(scan, index));
  }
  scanResult(scan: GraphNode, index: number): GraphNode {
    return this.node('scanResult', [scan], { index });
  }
  scatterAdd(updates: GraphNode, index: GraphNode, axis: number, size: number): GraphNode {
    return this.node('scatterAdd', [updates, index], { axis, size });
  }

  segment(op: SegmentOp, x: GraphNode, ptr: GraphNode): GraphNode {
    return this.node(op, [x, ptr], NO_ATTRS);
  }
  segmentGather(y: GraphNode, ptr: GraphNode, size: number): GraphNode {
    return this.node('segmentGather', [y, ptr], { size });
  }
  segmentIds(ptr: GraphNode, size: number): GraphNode {
    return this.node('segmentIds', [ptr], { size });
  }
  spmm(values: GraphNode, x: GraphNode, structure: SparseStructure): GraphNode {
    return this.node('spmm', [values, x, ...structure], NO_ATTRS);
  }
  sddmm(x: GraphNode, y: GraphNode, structure: SparseStructure): GraphNode {
    return this.node('sddmm', [x, y, ...structure], NO_ATTRS);
  }
  slotGather(x: GraphNode, slots: SlotStructure): GraphNode {
    return this.node('slotGather', [x, ...slots], NO_ATTRS);
  }
  slotSum(x: GraphNode, slots: SlotStructure): GraphNode {
    return this.node('slotSum', [x, ...slots], NO_ATTRS);
  }

  argsort(x: GraphNode, attrs: OpAttrs['argsort']): GraphNode {
    return this.node('argsort', [x], attrs);
  }
  cumsum(x: GraphNode, attrs: OpAttrs['cumsum']): GraphNode {
    return this.node('cumsum', [x], attrs);
  }
  dynamicSlice(x: GraphNode, start: GraphNode, sizes: readonly number[]): GraphNode {
    return this.node('dynamicSlice', [x, start], { sizes });
  }
  dynamicUpdate(x: GraphNode, update: GraphNode, start: GraphNode): GraphNode {
    return this.node('dynamicUpdate', [x, update, start], NO_ATTRS);
  }
}
