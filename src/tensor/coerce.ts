/** Dtypes and shapes of operands made to agree, on the level of graph nodes. */
import type { DType } from '../engine/core/dtype.js';
import { isFloat, promote } from '../engine/core/dtype.js';
import { broadcastShapes } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import type { TensorValue } from './value.js';

/**
 * The dtype of a tensor of `dtype` combined with a number. The number takes the tensor's dtype,
 * unless that is an integer or bool and the number has a fraction (f32), or it is bool, or u8 and
 * too small for the number (i32).
 */
export function dtypeWithNumber(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 31) return 'f32';
  return dtype === 'u8' && value >= 0 && value <= 255 ? 'u8' : 'i32';
}

/** Two operands in one shape and in the dtype that holds both. */
export function pair<T extends TensorValue<T>>(
  op: string,
  x: GraphNode,
  other: T | number,
  least: DType = 'bool',
): [GraphNode, GraphNode] {
  if (typeof other === 'number') {
    const dtype = promote(least, dtypeWithNumber(x.dtype, other));
    return [build.cast(x, dtype), build.constant(other, x.shape, dtype)];
  }
  return pairNodes(op, x, other.node(), least);
}

/** As `pair`, of nodes. */
export function pairNodes(
  op: string,
  x: GraphNode,
  y: GraphNode,
  least: DType = 'bool',
): [GraphNode, GraphNode] {
  const shape = broadcastShapes(op, x.shape, y.shape);
  const dtype = promote(least, promote(x.dtype, y.dtype));
  return [
    build.broadcastTo(build.cast(x, dtype), shape),
    build.broadcastTo(build.cast(y, dtype), shape),
  ];
}

/** `x` as a float: f32 unless it is one already. */
export function asFloat(x: GraphNode): GraphNode {
  return isFloat(x.dtype) ? x : build.cast(x, 'f32');
}

/** `x` as something to calculate with: bool becomes i32. */
export function asNumber(x: GraphNode): GraphNode {
  return x.dtype === 'bool' ? build.cast(x, 'i32') : x;
}

/** `x` as whole numbers sum up: bool and u8 become i32. */
export function asSum(x: GraphNode): GraphNode {
  return isFloat(x.dtype) ? x : build.cast(x, 'i32');
}
