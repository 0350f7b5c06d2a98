import { promote } from '../engine/core/dtype.js';
import { ShapeError } from '../engine/core/errors.js';
import { broadcastShapes, formatShape } from '../engine/core/shape.js';
import type { GraphNode } from '../engine/graph/node.js';
import { build } from '../engine/ops/index.js';
import { DynamicTensor } from './dynamic.js';

/** Sums of products. */
export abstract class ProductTensor<T extends ProductTensor<T>> extends DynamicTensor<T> {
  /**
   * The matrix product, by PyTorch's rule: two vectors give their inner product; a vector on the
   * left counts as a row, on the right as a column; axes before the last two broadcast. Dtypes
   * promote. Throws a ShapeError unless the last axis of x is as long as the last but one of y.
   *
   * @example
   * const x = rand([8, 3]); // [N, in]
   * const w = rand([4, 3]); // [out, in]
   * x.matmul(w.T); // [8, 4]
   */
  matmul(other: T): T {
    return this.result(matrixProduct('matmul', this.node(), other.node()), other);
  }

  /** The inner product of two vectors. */
  dot(other: T): T {
    if (this.rank !== 1 || other.rank !== 1) throw notVectors('dot', this, other);
    return this.result(matrixProduct('dot', this.node(), other.node()), other);
  }

  /** The outer product of two vectors [n] and [m]: [n, m]. */
  outer(other: T): T {
    if (this.rank !== 1 || other.rank !== 1) throw notVectors('outer', this, other);
    const [x, y] = promoted(this.node(), other.node());
    return this.result(build.dot(x, y, { batch: [[], []], contract: [[], []] }), other);
  }
}

interface Shaped {
  readonly shape: readonly number[];
}

function notVectors(op: string, x: Shaped, y: Shaped): ShapeError {
  return new ShapeError(
    `${op}: takes two vectors, not ${formatShape(x.shape)} and ${formatShape(y.shape)}; ` +
      'use matmul() or einsum().',
  );
}

/** Both in the dtype that holds both, at least i32. */
export function promoted(x: GraphNode, y: GraphNode): [GraphNode, GraphNode] {
  const dtype = promote('i32', promote(x.dtype, y.dtype));
  return [build.cast(x, dtype), build.cast(y, dtype)];
}

/** The node of matmul. Axes that broadcast stay free, so that nothing is repeated. */
function matrixProduct(op: string, left: GraphNode, right: GraphNode): GraphNode {
  const [x, y] = promoted(left, right);
  checkMatrices(op, x, y);
  const rows = x.shape.length > 1;
  const columns = y.shape.length > 1;
  const xOuter = x.shape.slice(0, rows ? -2 : -1);
  const yOuter = y.shape.slice(0, columns ? -2 : -1);
  const shape = broadcastShapes(op, xOuter, yOuter);
  // An outer axis is a batch axis where both have it, and free where only one does.
  const xAxes = alignedAxes(xOuter, shape);
  const yAxes = alignedAxes(yOuter, shape);
  const both = shape.map((_, i) => i).filter((i) => xAxes[i]! >= 0 && yAxes[i]! >= 0);
  const onlyX = shape.map((_, i) => i).filter((i) => xAxes[i]! >= 0 && yAxes[i]! < 0);
  const onlyY = shape.map((_, i) => i).filter((i) => xAxes[i]! < 0 && yAxes[i]! >= 0);
  const [p, xPlace] = squeezed(x, xAxes, rows ? 2 : 1);
  const [q, yPlace] = squeezed(y, yAxes, columns ? 2 : 1);
  const product = build.dot(p, q, {
    batch: [both.map((i) => xPlace.indexOf(i)), both.map((i) => yPlace.indexOf(i))],
    contract: [[p.shape.length - 1], [columns ? q.shape.length - 2 : q.shape.length - 1]],
  });
  // What dot gives: batch, free of x, row, free of y, column. Wanted: outer axes, row, column.
  const ROW = -1;
  const COLUMN = -2;
  const made = [...both, ...onlyX, ...(rows ? [ROW] : []), ...onlyY, ...(columns ? [COLUMN] : [])];
  const axes = shape.map((_, i) => i).filter((i) => made.includes(i));
  const wanted = [...axes, ...(rows ? [ROW] : []), ...(columns ? [COLUMN] : [])];
  const ordered = build.permute(
    product,
    wanted.map((label) => made.indexOf(label)),
  );
  const inner = [...(rows ? [x.shape.at(-2)!] : []), ...(columns ? [y.shape.at(-1)!] : [])];
  return build.reshape(ordered, [...shape, ...inner]);
}

function checkMatrices(op: string, x: GraphNode, y: GraphNode): void {
  if (x.shape.length === 0 || y.shape.length === 0) {
    throw new ShapeError(
      `${op}: ${formatShape(x.shape)} and ${formatShape(y.shape)}: a scalar has no axis to sum ` +
        'over; use mul().',
    );
  }
  const inner = x.shape.at(-1)!;
  const given = y.shape.at(y.shape.length > 1 ? -2 : -1)!;
  if (inner === given) return;
  const transposed = y.shape.length > 1 && y.shape.at(-1) === inner;
  throw new ShapeError(
    `${op}: x ${formatShape(x.shape)} has ${inner} columns and y ${formatShape(y.shape)} has ` +
      `${given} rows; ` +
      (transposed ? 'use y.mT to multiply by the transpose.' : 'make them equal.'),
  );
}

/** For each axis of the common shape, the operand's axis, or -1 where it has none or repeats one. */
function alignedAxes(outer: readonly number[], shape: readonly number[]): number[] {
  const missing = shape.length - outer.length;
  return shape.map((d, i) =>
    i < missing || (outer[i - missing] === 1 && d !== 1) ? -1 : i - missing,
  );
}

/** `x` without the outer axes it repeats, and which common axes are left, in order. */
function squeezed(x: GraphNode, axes: readonly number[], inner: number): [GraphNode, number[]] {
  const kept = axes.map((_, i) => i).filter((i) => axes[i]! >= 0);
  const shape = [...kept.map((i) => x.shape[axes[i]!]!), ...x.shape.slice(x.shape.length - inner)];
  return [build.reshape(x, shape), kept];
}
