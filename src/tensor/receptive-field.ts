import { sizeOf } from '../engine/core/shape.js';
import { Storage } from '../engine/runtime/storage.js';
import type { GraphNode } from '../engine/graph/node.js';
import { isOp } from '../engine/graph/node.js';
import { OPS } from '../engine/ops/index.js';
import { otherAxes } from '../engine/ops/strided.js';
import type { Field, Sliding } from './input-field.js';
import {
  everywhere,
  joinFields,
  onAxis,
  ownField,
  padField,
  pickField,
  reshapeField,
  slide,
  union,
} from './input-field.js';

/** What a value sees of one axis of the input. */
export interface AxisField {
  /** Places of the input that an element depends on at most, those in padding included. */
  readonly size: number;
  /** Places of the input from an element to its neighbour; null where they are not in order. */
  readonly jump: number | null;
}

/** What is known of a value: that each element sees all of the axis, or which part. */
type Seen = Field | 'all';

/**
 * For each axis of the input from the third on, [N, C, …S]: what an element of each node sees of it,
 * null for all of it. Nodes come with their producers first, and those that depend on the input only.
 * What is not followed, such as a scan or an index that is computed, counts as seeing all.
 */
export function receptiveFields(
  input: GraphNode,
  nodes: readonly GraphNode[],
): Map<GraphNode, readonly (AxisField | null)[]> {
  const axes = input.shape.map((_, axis) => axis).slice(2);
  const perAxis = axes.map((axis) => fieldsAlong(input, axis, nodes));
  return new Map(
    [input, ...nodes].map((node) => [node, perAxis.map((fields) => summaryOf(fields.get(node)!))]),
  );
}

function summaryOf(seen: Seen): AxisField | null {
  if (seen === 'all') return null;
  const size = seen.low.reduce((most, low, i) => Math.max(most, seen.high[i]! - low + 1), 0);
  return { size, jump: seen.axis === null ? null : seen.jump };
}

function fieldsAlong(
  input: GraphNode,
  axis: number,
  nodes: readonly GraphNode[],
): Map<GraphNode, Seen> {
  const extent = input.shape[axis]!;
  const fields = new Map<GraphNode, Seen>([[input, ownField(axis, extent)]]);
  for (const node of nodes) {
    const seen = node.inputs.map((x) => fields.get(x));
    const field = seen.includes('all') ? 'all' : fieldOf(node, seen as (Field | undefined)[]);
    const isAll = field !== 'all' && field.low.length === 1 && coversAll(field, extent);
    fields.set(node, isAll ? 'all' : field);
  }
  return fields;
}

function coversAll({ low, high }: Field, extent: number): boolean {
  return low[0]! <= 0 && high[0]! >= extent - 1;
}

/** The field of a node, given those of its operands, undefined for one that sees nothing. */
function fieldOf(node: GraphNode, seen: readonly (Field | undefined)[]): Seen {
  const known = seen.filter((field) => field !== undefined);
  if (OPS[node.op].family === 'elementwise') return known.reduce(union);
  if (isOp(node, 'concat')) return concatField(node, seen);
  if (isOp(node, 'dot')) return dotField(node, seen);
  const [field] = seen;
  if (field === undefined || known.length > 1) return 'all';
  if (field.axis === null) return isLocal(node) ? field : 'all';
  return movedField(node, field, field.axis);
}

/** Whether an operation that is not followed along an axis keeps a field that is the same everywhere. */
function isLocal({ op }: GraphNode): boolean {
  const { family } = OPS[op];
  return op === 'conv' || op === 'gather' || ['movement', 'reduce', 'window'].includes(family);
}

function movedField(node: GraphNode, field: Field, axis: number): Seen {
  if (isOp(node, 'reshape')) return reshapeField(field, node);
  if (isOp(node, 'permute')) return onAxis(field, (a) => node.attrs.axes.indexOf(a));
  if (isOp(node, 'broadcast')) {
    return node.inputs[0]!.shape[axis] === node.shape[axis] ? field : everywhere(field);
  }
  if (isOp(node, 'pad')) return padField(field, node.attrs, [...node.shape]);
  if (isOp(node, 'slice')) {
    const { start, step } = node.attrs;
    const index = Array.from(
      { length: node.shape[axis]! },
      (_, i) => start[axis]! + i * step[axis]!,
    );
    return pickField(field, index, field.low.length);
  }
  if (isOp(node, 'flip')) {
    const turned = { ...field, low: [...field.low].reverse(), high: [...field.high].reverse() };
    return node.attrs.axes.includes(axis) ? turned : field;
  }
  if (isOp(node, 'gather')) return gatherField(node, field, axis);
  return windowedField(node, field, axis);
}

/** What takes several places of an axis at once. */
function windowedField(node: GraphNode, field: Field, axis: number): Seen {
  if (isOp(node, 'window')) {
    if (node.attrs.axis !== axis) return field;
    const count = node.shape[axis]!;
    return slide(field, axis, { ...node.attrs, low: 0, spread: 1, count });
  }
  if (isOp(node, 'windowSum') || isOp(node, 'windowMax') || isOp(node, 'argMaxWindow')) {
    const { size, stride, dilation, low } = node.attrs;
    const i = axis - (node.shape.length - size.length);
    if (i < 0) return field;
    return slide(field, axis, at(i, { size, stride, dilation, low }, node.shape[axis]!));
  }
  if (isOp(node, 'conv')) return convField(node, field, axis);
  if (isOp(node, 'sum') || isOp(node, 'prod')) return reducedField(field, node.attrs.axes);
  if (isOp(node, 'reduceMax') || isOp(node, 'reduceMin')) {
    return reducedField(field, node.attrs.axes);
  }
  if (isOp(node, 'argMax') || isOp(node, 'argMin')) return reducedField(field, [node.attrs.axis]);
  return 'all';
}

/** Settings of windows along one of their axes. */
function at(
  i: number,
  lists: Record<'size' | 'stride' | 'dilation' | 'low', readonly number[]>,
  count: number,
): Sliding {
  const { size, stride, dilation, low } = lists;
  const [s, t, d, l] = [size[i]!, stride[i]!, dilation[i]!, low[i]!];
  return { size: s, stride: t, dilation: d, low: l, spread: 1, count };
}

function reducedField(field: Field, axes: readonly number[]): Field {
  const axis = field.axis!;
  if (axes.includes(axis)) return everywhere(field);
  return onAxis(field, (a) => a - axes.filter((reduced) => reduced < a).length);
}

function convField(node: GraphNode<'conv'>, field: Field, axis: number): Seen {
  const { attrs, inputs } = node;
  const to = (natural: number): number => attrs.order.indexOf(natural);
  // [N, G, C, …S] gives [N, G, O, …P]: C is summed.
  if (axis < 2) return onAxis(field, to);
  if (axis === 2) return everywhere(field);
  const [i, target] = [axis - 3, to(axis)];
  const size = inputs[1]!.shape.slice(3);
  const { stride, kernelDilation: dilation, low, inputDilation } = attrs;
  const sliding = at(i, { size, stride, dilation, low }, node.shape[target]!);
  return slide(field, target, { ...sliding, spread: inputDilation[i]! });
}

function concatField(node: GraphNode<'concat'>, seen: readonly (Field | undefined)[]): Field {
  const { axis } = node.attrs;
  const known = seen.filter((field) => field !== undefined);
  const along = known.some((field) => field.axis === axis || field.axis === null);
  if (!along) return known.reduce(union);
  if (known.some((field) => field.axis !== axis && field.axis !== null)) {
    return known.map(everywhere).reduce(union);
  }
  const parts = seen.map((field, i) => ({ field, extent: node.inputs[i]!.shape[axis]! }));
  return joinFields(parts, axis);
}

function dotField(node: GraphNode<'dot'>, seen: readonly (Field | undefined)[]): Field {
  const { batch, contract } = node.attrs;
  let free = batch[0].length;
  const moved = seen.flatMap((field, side) => {
    const rank = node.inputs[side]!.shape.length;
    const kept = otherAxes(rank, batch[side]!, contract[side]!);
    const first = free;
    free += kept.length;
    if (field === undefined) return [];
    if (field.axis !== null && contract[side]!.includes(field.axis)) return [everywhere(field)];
    const place = batch[side]!.indexOf(field.axis!);
    return [onAxis(field, (a) => (place >= 0 ? place : first + kept.indexOf(a)))];
  });
  return moved.reduce(union);
}

/** Places that an index picks which is known and the same everywhere. */
function gatherField(node: GraphNode<'gather'>, field: Field, axis: number): Seen {
  if (node.attrs.axis !== axis) return field;
  let index = node.inputs[1]!;
  while (isOp(index, 'broadcast') || isOp(index, 'reshape')) index = index.inputs[0]!;
  const source = isOp(index, 'leaf') ? index.attrs.source : undefined;
  if (!(source instanceof Storage) || sizeOf(index.shape) !== node.shape[axis]) {
    return 'all';
  }
  return pickField(field, source.hostValues(), field.low.length);
}
