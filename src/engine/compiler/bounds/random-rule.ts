import { sizeOf } from '../../core/shape.js';
import { advanceCounter } from '../../graph/advance-counter.js';
import { places } from './places.js';
import type { BoundRule } from './rule.js';

/**
 * The bits of an element depend on its place in row-major order. With an open axis outermost that
 * is the same at all sizes; otherwise bits are picked from a vector by their place at the true sizes.
 * Draws before, as many as there are elements, move the counter on.
 */
export const randomBits: BoundRule<'randomBits'> = {
  varying: ['offset'],
  build: (c, node, inputs) => {
    const before = c.number(node, 'offset', 'i32');
    const state = before ? advanceCounter(c.b, inputs[0]!, before) : inputs[0]!;
    const offset = before ? 0 : node.attrs.offset;
    const open = node.shape.findIndex((_, axis) => c.isOpen(node, axis));
    const inner = node.shape.some((_, axis) => axis > open && c.isOpen(node, axis));
    const first = node.shape.slice(0, Math.max(open, 0)).every((d) => d === 1);
    if (first && !inner) return c.b.randomBits(state, node.shape, offset);
    const count = sizeOf(node.shape);
    const bits = c.b.randomBits(state, [count], offset);
    const index = c.b.reshape(places(c, node), [count]);
    return c.b.reshape(c.b.gather(bits, index, 0), node.shape);
  },
};
