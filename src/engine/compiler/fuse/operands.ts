import type { GraphNode } from '../../graph/node.js';
import { isPure, linearize } from '../kernel/affine.js';
import type { Affine } from '../kernel/types.js';
import { identityIndex, memoryOf, MOVEMENT, sourceIndex } from './kernelize.js';

/** An operand of a contraction: values in memory, reached with constant strides. */
export interface Operand {
  readonly base: GraphNode;
  /** Position in `base` as a function of the operand's axes, axis i being dimension dims[i]. */
  readonly index: Affine;
}

/** Reaches `node` through its views if strides stay constant and positive, else as a copy. */
export function operandOf(node: GraphNode, dims: readonly number[]): Operand {
  let at: GraphNode = node;
  let index = identityIndex(node.shape, dims);
  while (MOVEMENT.has(at.op) && at.op !== 'pad' && at.op !== 'concat') {
    index = sourceIndex(at, index);
    at = at.inputs[0]!;
  }
  const linear = linearize(index, at.shape);
  const forward = linear.terms.every((t) => t.coef > 0);
  if (forward && isPure(linear)) return { base: at, index: linear };
  const own = memoryOf(node);
  return { base: own, index: linearize(identityIndex(node.shape, dims), node.shape) };
}

/** The operands of a dot over the loop dimensions of its result, then those it contracts. */
export function reachOperands(dot: GraphNode<'dot'>): readonly [Operand, Operand] {
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
  return [operandOf(x, xDims), operandOf(y, yDims)];
}
