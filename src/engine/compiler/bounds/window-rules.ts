import { leastOf } from '../../core/dtype.js';
import { LEADING } from '../../ops/conv.js';
import type { GraphNode, OpAttrs } from '../../graph/node.js';
import type { BoundContext, BoundRule, Need } from './rule.js';
import type { Size } from './size.js';
import { difference, isFixed } from './size.js';

const conv: BoundRule<'conv'> = {
  varying: ['low', 'high'],
  // Channels are summed over; beyond the extents of the input are zeros, as in its padding. (An
  // infinite element of the input may meet a weight beyond an open kernel's extent: NaN, as in dot.)
  needs: (_c, { inputs }) =>
    [0, 1].map((operand) => ({
      operand,
      axes: inputs[operand]!.shape.map((_, axis) => axis).filter((axis) => axis >= LEADING - 1),
      value: 0,
    })),
  build: (c, node, [x, w]) => {
    const { b } = c;
    const { attrs } = node;
    // The padding in front is that of the bounds: the result begins further back.
    return attrs.low.reduce(
      (y: GraphNode, bound, i) => {
        const low = c.attribute(node, `low.${i}`);
        if (isFixed(low)) return y;
        if (attrs.stride[i] !== 1 || low.factors.some((f) => f < 0)) {
          c.refuse(node, 'has an open padding in front');
        }
        const axis = attrs.order.indexOf(LEADING + i);
        const shift = c.extent(difference({ base: bound, factors: low.factors.map(() => 0) }, low));
        const place = b.iota(y.shape, axis, 'i32');
        return b.gather(y, b.add(place, b.broadcastTo(shift, y.shape)), axis);
      },
      b.node('conv', [x!, w!], attrs),
    );
  },
};

type WindowOp = 'windowSum' | 'windowMax' | 'argMaxWindow';
type WindowNode = GraphNode<WindowOp>;

/** What lies beyond the extents is what lies in the padding. */
function beyondWindows(node: WindowNode, value: number): Need[] {
  const rank = node.attrs.size.length;
  const { shape } = node.inputs[0]!;
  const axes = shape.map((_, axis) => axis).slice(shape.length - rank);
  return [{ operand: 0, axes, value }];
}

function least(node: WindowNode): Need[] {
  return beyondWindows(node, leastOf(node.inputs[0]!.dtype));
}

const windowSum: BoundRule<'windowSum'> = { needs: (_c, node) => beyondWindows(node, 0) };

const windowMax: BoundRule<'windowMax'> = { needs: (_c, node) => least(node) };

const argMaxWindow: BoundRule<'argMaxWindow'> = {
  needs: (_c, node) => least(node),
  build: (c, node, [x]) => {
    const found = c.b.node('argMaxWindow', [x!], node.attrs);
    const limit = positions(c, node);
    if (!limit) return found;
    // A window that has no element but some beyond the extents has none.
    const within = c.b.compare('lt', found, c.b.broadcastTo(c.extent(limit), found.shape));
    return c.b.where(within, found, c.b.like(found, -1));
  },
};

/** The number of positions within the windows' axes, if it is open. */
function positions(c: BoundContext, node: WindowNode): Size | undefined {
  const x = node.inputs[0]!;
  const { size }: OpAttrs['argMaxWindow'] = node.attrs;
  const first = x.shape.length - size.length;
  const axes = size.map((_, i) => first + i);
  const open = axes.filter((axis) => c.isOpen(x, axis));
  if (open.length === 0) return undefined;
  if (open.length > 1 || open[0] !== first) {
    c.refuse(node, 'counts positions over an open size that is not the outermost');
  }
  const inner = axes.slice(1).reduce((n, axis) => n * x.shape[axis]!, 1);
  const { base, factors } = c.sizesOf(x)[first]!;
  return { base: base * inner, factors: factors.map((f) => f * inner) };
}

/** Convolutions and windows. The sliding view shows what lies at each place, and needs nothing. */
export const WINDOW_RULES = { conv, window: {}, windowSum, windowMax, argMaxWindow };
