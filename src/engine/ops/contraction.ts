import type { DType } from '../core/dtype.js';
import { isFloat } from '../core/dtype.js';
import { ShapeError } from '../core/errors.js';
import { formatShape } from '../core/shape.js';
import type { Builder } from '../graph/builder.js';
import type { Aval, GraphNode, OpAttrs } from '../graph/node.js';
import { conv } from './conv.js';
import { checkAxis, checkDtype, checkSameDtype, operands } from './operands.js';
import type { OpRow } from './row.js';
import { at, offsetsAlong, otherAxes } from './strided.js';

type DotAttrs = OpAttrs['dot'];

const DTYPES: readonly DType[] = ['f32', 'f64', 'i32'];

/** Throws unless the named axes exist, once each, and pair up in extent. */
function checkDotAxes(x: Aval, y: Aval, { batch, contract }: DotAttrs): void {
  const both = `left ${formatShape(x.shape)}, right ${formatShape(y.shape)}`;
  for (const [side, operand] of [x, y].entries()) {
    const named = [...batch[side]!, ...contract[side]!];
    for (const axis of named) checkAxis('dot', axis, operand.shape);
    const twice = named.find((axis, i) => named.indexOf(axis) !== i);
    if (twice !== undefined) {
      throw new ShapeError(
        `dot: axis ${twice} of the ${side === 0 ? 'left' : 'right'} operand is named twice ` +
          `(${both}); an axis is batch or contracted, once.`,
      );
    }
  }
  for (const [kind, [left, right]] of [
    ['batch', batch],
    ['contracted', contract],
  ] as const) {
    if (left.length !== right.length) {
      throw new ShapeError(
        `dot: ${left.length} ${kind} axes on the left, ${right.length} on the right (${both}); ` +
          `name them in pairs.`,
      );
    }
    const odd = left.findIndex((axis, i) => x.shape[axis] !== y.shape[right[i]!]);
    if (odd < 0) continue;
    throw new ShapeError(
      `dot: ${kind} axes differ: left axis ${left[odd]} has ${x.shape[left[odd]!]}, right axis ` +
        `${right[odd]} has ${y.shape[right[odd]!]} (${both}); make them equal.`,
    );
  }
}

/** The free axes of both operands: those neither batch nor contracted, ascending. */
function freeAxes(x: Aval, y: Aval, { batch, contract }: DotAttrs): [number[], number[]] {
  return [
    otherAxes(x.shape.length, batch[0], contract[0]),
    otherAxes(y.shape.length, batch[1], contract[1]),
  ];
}

function reference(x: Float64Array, y: Float64Array, avals: [Aval, Aval], attrs: DotAttrs) {
  const [xFree, yFree] = freeAxes(...avals, attrs);
  const [{ shape: xShape, dtype }, { shape: yShape }] = avals;
  const xBatch = offsetsAlong(xShape, attrs.batch[0]);
  const yBatch = offsetsAlong(yShape, attrs.batch[1]);
  const xRows = offsetsAlong(xShape, xFree);
  const yColumns = offsetsAlong(yShape, yFree);
  const xInner = offsetsAlong(xShape, attrs.contract[0]);
  const yInner = offsetsAlong(yShape, attrs.contract[1]);
  const integer = !isFloat(dtype);
  const out = new Float64Array(xBatch.length * xRows.length * yColumns.length);
  let at = 0;
  for (let n = 0; n < xBatch.length; n++) {
    for (const row of xRows) {
      for (const column of yColumns) {
        const i = xBatch[n]! + row;
        const j = yBatch[n]! + column;
        let total = 0;
        for (let k = 0; k < xInner.length; k++) {
          const left = x[i + xInner[k]!]!;
          const right = y[j + yInner[k]!]!;
          total = integer ? (total + Math.imul(left, right)) | 0 : total + left * right;
        }
        out[at++] = total;
      }
    }
  }
  return out;
}

/** A tensor with a label for each axis; equal labels are the same dimension. */
interface Labelled {
  readonly node: GraphNode;
  readonly labels: readonly number[];
}

/**
 * The contraction of p and q whose result has the axes `wanted`, in that order: an einsum. Labels
 * in both operands are batch axes if wanted, else contracted. Of the two orders of the operands it
 * takes one that needs no permutation, if there is one.
 */
function contractLabelled(
  b: Builder,
  p: Labelled,
  q: Labelled,
  wanted: readonly number[],
): GraphNode {
  const shared = wanted.filter((l) => p.labels.includes(l) && q.labels.includes(l));
  const summed = p.labels.filter((l) => q.labels.includes(l) && !wanted.includes(l));
  const resultOf = (left: Labelled, right: Labelled): number[] =>
    [...shared, ...left.labels, ...right.labels].filter(
      (l, i, all) => all.indexOf(l) === i && !summed.includes(l),
    );
  const inOrder = (labels: number[]): boolean => labels.every((l, i) => l === wanted[i]);
  const [left, right] = !inOrder(resultOf(p, q)) && inOrder(resultOf(q, p)) ? [q, p] : [p, q];
  const axesOf = (operand: Labelled, labels: readonly number[]): number[] =>
    labels.map((l) => operand.labels.indexOf(l));
  const product = b.dot(left.node, right.node, {
    batch: [axesOf(left, shared), axesOf(right, shared)],
    contract: [axesOf(left, summed), axesOf(right, summed)],
  });
  const result = resultOf(left, right);
  return b.permute(
    product,
    wanted.map((l) => result.indexOf(l)),
  );
}

/** Labels of the operands and the result of a dot: the left operand's axes are 0, 1, …. */
function labelsOf(x: Aval, y: Aval, attrs: DotAttrs): [number[], number[], number[]] {
  const xLabels = x.shape.map((_, axis) => axis);
  const yLabels = y.shape.map((_, axis) => {
    const batch = attrs.batch[1].indexOf(axis);
    if (batch >= 0) return attrs.batch[0][batch]!;
    const contract = attrs.contract[1].indexOf(axis);
    return contract >= 0 ? attrs.contract[0][contract]! : x.shape.length + axis;
  });
  const [xFree, yFree] = freeAxes(x, y, attrs);
  return [xLabels, yLabels, [...attrs.batch[0], ...xFree, ...at(yLabels, yFree)]];
}

const dot: OpRow<'dot'> = {
  name: 'dot',
  family: 'contraction',
  dtypes: DTYPES,
  infer(inputs, attrs) {
    const [x, y] = operands('dot', inputs, 2);
    checkSameDtype('dot', inputs);
    checkDtype('dot', x, DTYPES);
    checkDotAxes(x, y, attrs);
    const [xFree, yFree] = freeAxes(x, y, attrs);
    const batch = at(x.shape, attrs.batch[0]);
    return { shape: [...batch, ...at(x.shape, xFree), ...at(y.shape, yFree)], dtype: x.dtype };
  },
  reference: ([x, y], attrs) => reference(x!.data, y!.data, [x!, y!], attrs),
  gradient: (b, node, g) => {
    const [x, y] = [node.inputs[0]!, node.inputs[1]!];
    const [xLabels, yLabels, labels] = labelsOf(x, y, node.attrs);
    const gradient = { node: g, labels };
    return [
      contractLabelled(b, gradient, { node: y, labels: yLabels }, xLabels),
      contractLabelled(b, { node: x, labels: xLabels }, gradient, yLabels),
    ];
  },
};

export const CONTRACTION = { dot, conv };
