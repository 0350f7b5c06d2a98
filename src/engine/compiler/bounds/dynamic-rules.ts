import type { GraphNode } from '../../graph/node.js';
import type { BoundContext, BoundRule } from './rule.js';
import type { Size } from './size.js';
import { difference, isFixed } from './size.js';

/** A window of open extents within `x`. */
interface OpenWindow {
  /** Where the window of the bounds begins, so that it lies within `x` at the bounds. */
  readonly begin: GraphNode;
  /** Its open axes, and for each element its place in the window of the true extents. */
  readonly axes: readonly {
    readonly axis: number;
    readonly size: Size;
    readonly ahead: GraphNode;
  }[];
}

/**
 * Where a window of `window` in `x` begins: moved to lie within at the true sizes, and further to
 * the front where at the bounds it would stick out; then the true one begins behind in it.
 */
function openWindow(
  c: BoundContext,
  start: GraphNode,
  x: GraphNode,
  window: GraphNode,
): OpenWindow {
  const { b } = c;
  const [outer, inner] = [c.sizesOf(x), c.sizesOf(window)];
  if ([...outer, ...inner].every(isFixed)) return { begin: start, axes: [] };
  const vector = (extents: readonly GraphNode[]): GraphNode =>
    b.concat(
      extents.map((extent) => b.reshape(extent, [1])),
      0,
    );
  const last = vector(outer.map((size, axis) => c.extent(difference(size, inner[axis]!))));
  const at = b.binary('max', b.binary('min', start, last), b.like(start, 0));
  const room = x.shape.map((d, axis) => b.constant(d - window.shape[axis]!, [], 'i32'));
  const begin = b.binary('min', at, vector(room));
  const ahead = b.sub(at, begin);
  const axes = inner.flatMap((size, axis) => {
    if (isFixed(size)) return [];
    const by = b.slice(ahead, { start: [axis], stop: [axis + 1], step: [1] });
    return [{ axis, size, ahead: b.broadcastTo(b.reshape(by, []), window.shape) }];
  });
  return { begin, axes };
}

const dynamicSlice: BoundRule<'dynamicSlice'> = {
  varying: ['sizes'],
  build: (c, node, [x, start]) => {
    const { b } = c;
    const { begin, axes } = openWindow(c, start!, node.inputs[0]!, node);
    const found = b.dynamicSlice(x!, begin, node.attrs.sizes);
    return axes.reduce((y, { axis, ahead }) => {
      return b.gather(y, b.add(b.iota(y.shape, axis, 'i32'), ahead), axis);
    }, found);
  },
};

const dynamicUpdate: BoundRule<'dynamicUpdate'> = {
  build: (c, node, [x, update, start]) => {
    const { b } = c;
    const { begin, axes } = openWindow(c, start!, node, node.inputs[1]!);
    const { shape } = update!;
    let moved = update!;
    // Of the window of the bounds only what is the true one's is replaced.
    const conditions = axes.flatMap(({ axis, size, ahead }) => {
      const place = b.sub(b.iota(shape, axis, 'i32'), ahead);
      moved = b.gather(moved, place, axis);
      const limit = b.broadcastTo(c.extent(size), shape);
      return [b.compare('ge', place, b.like(place, 0)), b.compare('lt', place, limit)];
    });
    if (conditions.length === 0) return b.dynamicUpdate(x!, update!, begin);
    const within = conditions.reduce((all, one) => b.binary('and', all, one));
    const before = b.dynamicSlice(x!, begin, shape);
    return b.dynamicUpdate(x!, b.where(within, moved, before), begin);
  },
};

export const DYNAMIC_RULES = { dynamicSlice, dynamicUpdate };
