import type { GraphNode } from '../../graph/node.js';
import { isOp } from '../../graph/node.js';
import { LEADING } from '../../ops/index.js';
import { add, dimension, isPure, linearize, scale, shift } from '../kernel/affine.js';
import type { Affine } from '../kernel/types.js';
import { identityIndex, memoryOf, MOVEMENT, sourceIndex } from './kernelize.js';

/** An operand of a contraction: values in memory, reached with constant strides. */
export interface Operand {
  readonly base: GraphNode;
  /** Position in `base` as a function of the operand's axes, axis i being dimension dims[i]. */
  readonly index: Affine;
}

/** A contraction: what is multiplied, and the dimensions that are summed over. */
export interface Operands {
  readonly operands: readonly [Operand, Operand];
  /** Extents of the dimensions that follow those of the result. */
  readonly contracted: readonly number[];
  /** Where the first operand is padded along an axis: its windows may reach beyond its ends. */
  readonly padded?: PaddedDimension;
}

/**
 * Position p of result dimension `dim` and tap k, the second dimension summed over, meet element
 * stride · p + dilation · k - low of `extent`.
 */
export interface PaddedDimension {
  readonly dim: number;
  readonly stride: number;
  readonly dilation: number;
  readonly low: number;
  readonly extent: number;
}

/** The operations that a contraction's kernel carries out. */
export type ContractionNode = GraphNode<'dot'> | GraphNode<'conv'>;

export function isContraction(node: GraphNode): node is ContractionNode {
  return node.op === 'dot' || node.op === 'conv';
}

/** Reaches `node` at an index, through its views if strides stay constant and positive. */
function operandAt(node: GraphNode, own: readonly Affine[]): Operand {
  let at: GraphNode = node;
  let index = own;
  while (MOVEMENT.has(at.op) && at.op !== 'pad' && at.op !== 'concat') {
    index = sourceIndex(at, index);
    at = at.inputs[0]!;
  }
  const linear = linearize(index, at.shape);
  const forward = linear.terms.every((t) => t.coef > 0);
  if (forward && isPure(linear)) return { base: at, index: linear };
  return { base: memoryOf(node), index: linearize(own, node.shape) };
}

/** What a scan reads. The first values of carries are copied, so a constant need not lie in memory. */
export function scanOperands(scan: GraphNode<'scan'>): readonly GraphNode[] {
  const { carries } = scan.attrs;
  return scan.inputs.map(memoryOf).filter((x, i) => i >= carries || x.op !== 'constant');
}

/** The operands of a contraction over the loop dimensions of its result, then those it sums over. */
export function reachOperands(node: ContractionNode): Operands {
  return isOp(node, 'dot') ? reachDot(node) : reachConv(node as GraphNode<'conv'>);
}

/**
 * Of a convolution whose padding and input dilation have become movements of x, but for padding along
 * the first spatial axis: a window's element lies at stride · position + dilation · tap.
 */
function reachConv(node: GraphNode<'conv'>): Operands {
  const [x, w] = node.inputs as [GraphNode, GraphNode];
  const { stride, kernelDilation, low, high, order } = node.attrs;
  const rank = node.shape.length;
  const natural = new Array<Affine>(rank);
  order.forEach((axis, i) => (natural[axis] = dimension(i, node.shape[i]!)));
  const contracted = w.shape.slice(2);
  const [channel, ...taps] = contracted.map((extent, i) => dimension(rank + i, extent));
  const [n, g, o, ...places] = natural;
  const reached = places.map((p, i) => {
    return shift(add(scale(p, stride[i]!), scale(taps[i]!, kernelDilation[i]!)), -low[i]!);
  });
  const operands = [
    operandAt(x, [n!, g!, channel!, ...reached]),
    operandAt(w, [g!, o!, channel!, ...taps]),
  ] as const;
  if (low.length === 0 || (low[0] === 0 && high[0] === 0)) return { operands, contracted };
  const [dim, extent] = [order.indexOf(LEADING), x.shape[LEADING]!];
  const [step, dilation, before] = [stride[0]!, kernelDilation[0]!, low[0]!];
  const padded = { dim, stride: step, dilation, low: before, extent };
  return { operands, contracted, padded };
}

function reachDot(dot: GraphNode<'dot'>): Operands {
  const [x, y] = dot.inputs as [GraphNode, GraphNode];
  const { batch, contract } = dot.attrs;
  const rank = dot.shape.length;
  const [xDims, yDims] = [new Array<number>(x.shape.length), new Array<number>(y.shape.length)];
  let next = 0;
  batch[0].forEach((axis, i) => {
    xDims[axis] = next;
    yDims[batch[1][i]!] = next++;
  });
  const free = (n: GraphNode, dims: number[], taken: readonly (readonly number[])[]): void => {
    n.shape.forEach((_, axis) => {
      if (!taken.some((t) => t.includes(axis))) dims[axis] = next++;
    });
  };
  free(x, xDims, [batch[0], contract[0]]);
  free(y, yDims, [batch[1], contract[1]]);
  contract[0].forEach((axis, i) => {
    xDims[axis] = rank + i;
    yDims[contract[1][i]!] = rank + i;
  });
  const operands = [x, y].map((n, i) => {
    return operandAt(n, identityIndex(n.shape, i === 0 ? xDims : yDims));
  }) as [Operand, Operand];
  return { operands, contracted: contract[0].map((axis) => x.shape[axis]!) };
}
