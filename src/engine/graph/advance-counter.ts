import type { Builder } from './builder.js';
import type { GraphNode } from './node.js';

/**
 * Generator states i32[…, 4] (key, key, counter low, counter high) with their 64-bit counters moved
 * on by `count`, an i32 scalar or one for each of them [...].
 */
export function advanceCounter(b: Builder, state: GraphNode, count: GraphNode): GraphNode {
  const last = state.shape.length - 1;
  const words = (start: number, stop: number): GraphNode =>
    b.slice(state, {
      start: state.shape.map((_, axis) => (axis === last ? start : 0)),
      stop: state.shape.map((d, axis) => (axis === last ? stop : d)),
      step: state.shape.map(() => 1),
    });
  const low = words(2, 3);
  const by = count.shape.length === 0 ? b.broadcastTo(count, low.shape) : count;
  const moved = b.add(low, b.reshape(by, low.shape));
  // Words are unsigned: with the sign bit flipped, i32 comparison orders them.
  const unsigned = (x: GraphNode): GraphNode => b.binary('xor', x, b.like(x, -2147483648));
  const carry = b.cast(b.compare('lt', unsigned(moved), unsigned(low)), 'i32');
  return b.concat([words(0, 2), moved, b.add(words(3, 4), carry)], last);
}
