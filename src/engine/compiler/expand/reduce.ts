import { sizeOf } from '../../core/shape.js';
import type { Builder } from '../../graph/builder.js';
import type { BinaryOp, GraphNode, ReduceOp } from '../../graph/node.js';

/** Elements of a block, and of a reduction from which on it is split. */
const BLOCK = 1 << 14;
const LONG = 4 * BLOCK;
/** Results from which on there is enough to do beside each other. */
const FEW = 16;

const COMBINED: Record<ReduceOp, BinaryOp> = {
  sum: 'add',
  prod: 'mul',
  reduceMax: 'max',
  reduceMin: 'min',
};

/** Whether a reduction has few results of very many elements each, in memory one after the other. */
export function isLongReduction(node: GraphNode): node is GraphNode<ReduceOp> {
  if (!Object.hasOwn(COMBINED, node.op)) return false;
  const { shape, inputs } = node as GraphNode<ReduceOp>;
  const { axes } = (node as GraphNode<ReduceOp>).attrs;
  const x = inputs[0]!;
  const first = x.shape.length - axes.length;
  return (
    sizeOf(shape) < FEW &&
    axes.every((axis) => axis >= first) &&
    sizeOf(x.shape.slice(first)) >= LONG
  );
}

/**
 * Blocks first, then what they give: threads share the blocks, and a sum of very many elements loses
 * fewer digits. The blocks depend on the shape alone.
 */
export function expandReduction(b: Builder, node: GraphNode<ReduceOp>): GraphNode {
  const { shape, op } = node;
  const x = node.inputs[0]!;
  const count = sizeOf(x.shape) / sizeOf(shape);
  const last = shape.length;
  const flat = b.reshape(x, [...shape, count]);
  const blocks = Math.floor(count / BLOCK);
  const part = (start: number, stop: number): GraphNode =>
    b.slice(flat, {
      start: [...shape.map(() => 0), start],
      stop: [...shape, stop],
      step: [...shape.map(() => 1), 1],
    });
  const whole = b.reshape(part(0, blocks * BLOCK), [...shape, blocks, BLOCK]);
  const main = b.reduce(op, b.reduce(op, whole, [last + 1]), [last]);
  if (blocks * BLOCK === count) return main;
  return b.binary(COMBINED[op], main, b.reduce(op, part(blocks * BLOCK, count), [last]));
}
