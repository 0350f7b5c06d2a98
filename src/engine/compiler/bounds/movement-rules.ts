import type { Shape } from '../../core/shape.js';
import type { GraphNode, OpAttrs } from '../../graph/node.js';
import { openAxes } from './places.js';
import { reshape } from './reshape-rule.js';
import type { BoundContext, BoundRule } from './rule.js';
import type { Size } from './size.js';
import { difference, isFixed, sum } from './size.js';

const pad: BoundRule<'pad'> = {
  varying: ['low', 'high'],
  needs: (c, node) => {
    const { high, interior, value } = node.attrs;
    const x = node.inputs[0]!;
    for (const axis of openAxes(c, x)) {
      if (interior[axis]! > 0) c.require(c.sizesOf(x)[axis]!, 1);
    }
    // What is cut off at the end needs no value, if the same number is cut off at all sizes.
    const axes = openAxes(c, x).filter(
      (axis) => high[axis]! > 0 || moves(c, node, `high.${axis}`) || moves(c, node, `low.${axis}`),
    );
    return [{ operand: 0, axes, value }];
  },
  build: (c, node, [x]) => {
    const { low, high, interior, value } = node.attrs;
    const moving = low.flatMap((_, axis) => (moves(c, node, `low.${axis}`) ? [axis] : []));
    if (moving.some((axis) => value !== 0 || interior[axis]! > 0)) {
      c.refuse(node, 'adds an open number of elements at the front');
    }
    const still = (list: readonly number[]): number[] =>
      list.map((v, axis) => (moving.includes(axis) ? 0 : v));
    const padded = c.b.pad(x!, { low: still(low), high: still(high), interior, value });
    // Elements are picked by index, of which one out of range reads 0.
    return moving.reduce((y, axis) => {
      const shape = y.shape.map((d, i) => (i === axis ? node.shape[axis]! : d));
      const start = spread(c, c.attribute(node, `low.${axis}`), shape);
      return c.b.gather(y, c.b.sub(c.b.iota(shape, axis, 'i32'), start), axis);
    }, padded);
  },
};

function moves(c: BoundContext, node: GraphNode, path: string): boolean {
  return !isFixed(c.attribute(node, path));
}

/** A scalar in a shape. */
function spread(c: BoundContext, size: Size, shape: Shape): GraphNode {
  return c.b.broadcastTo(c.extent(size), shape);
}

const slice: BoundRule<'slice'> = {
  varying: ['start', 'stop'],
  build: (c, node, inputs) => {
    const { attrs, shape } = node;
    let x = inputs[0]!;
    const plain = { start: [...attrs.start], stop: [...attrs.stop], step: [...attrs.step] };
    for (const axis of shape.keys()) {
      const start = c.attribute(node, `start.${axis}`);
      checkSlice(c, node, axis);
      if (isFixed(start)) continue;
      // The start moves with the sizes: elements are picked by index.
      const picked = x.shape.map((d, i) => (i === axis ? shape[axis]! : d));
      const steps = c.b.mul(
        c.b.iota(picked, axis, 'i32'),
        c.b.constant(attrs.step[axis]!, picked, 'i32'),
      );
      x = c.b.gather(x, c.b.add(steps, spread(c, start, picked)), axis);
      plain.start[axis] = 0;
      plain.stop[axis] = shape[axis]!;
      plain.step[axis] = 1;
    }
    return c.b.slice(x, plain);
  },
};

/** Whether a slice is one at all sizes: within the extent, and of a size that the samples tell. */
function checkSlice(c: BoundContext, node: GraphNode<'slice'>, axis: number): void {
  const [start, stop] = [`start.${axis}`, `stop.${axis}`].map((p) => c.attribute(node, p));
  const extent = c.sizesOf(node.inputs[0]!)[axis]!;
  if ([start!, stop!, extent].every(isFixed)) return;
  const step = node.attrs.step[axis]!;
  const length = difference(stop!, start!);
  if (length.factors.some((f) => f % step !== 0)) {
    c.refuse(node, `takes every ${step}th of an open number of elements`);
  }
  c.require(start!, 0);
  c.require(length, 0);
  c.require(difference(extent, stop!), 0);
}

const flip: BoundRule<'flip'> = {
  build: (c, node, [x]) => {
    const { axes } = node.attrs;
    const fixed = c.b.flip(
      x!,
      axes.filter((axis) => !c.isOpen(node, axis)),
    );
    return axes
      .filter((axis) => c.isOpen(node, axis))
      .reduce((y, axis) => {
        const size = c.sizesOf(node)[axis]!;
        const last = spread(c, { ...size, base: size.base - 1 }, node.shape);
        return c.b.gather(y, c.b.sub(last, c.b.iota(node.shape, axis, 'i32')), axis);
      }, fixed);
  },
};

const concat: BoundRule<'concat'> = {
  build: (c, node, inputs) => {
    const { axis } = node.attrs;
    const joined = c.b.concat(inputs, axis);
    const index = closingGaps(c, node);
    return index ? c.b.gather(joined, index, axis) : joined;
  },
};

/** The places of the elements where a part with an open size leaves a gap behind it. */
function closingGaps(c: BoundContext, node: GraphNode<'concat'>): GraphNode | undefined {
  const { b } = c;
  const { axis }: OpAttrs['concat'] = node.attrs;
  const { shape } = node;
  const place = b.iota(shape, axis, 'i32');
  let index = place;
  let end: Size | undefined;
  for (const part of node.inputs.slice(0, -1)) {
    const size = c.sizesOf(part)[axis]!;
    end = end ? sum(end, size) : size;
    if (isFixed(size)) continue;
    const bound = { base: part.shape[axis]!, factors: size.factors.map(() => 0) };
    const behind = b.cast(b.compare('ge', place, spread(c, end, shape)), 'i32');
    index = b.add(index, b.mul(behind, spread(c, difference(bound, size), shape)));
  }
  return index === place ? undefined : index;
}

export const MOVEMENT_RULES = { reshape, permute: {}, broadcast: {}, pad, slice, flip, concat };
