import { Body, param } from '../../graph/body.js';
import type { GraphNode } from '../../graph/node.js';
import type { BoundRule } from './rule.js';

/**
 * Steps beyond an open length leave the carries as they are, wherever they come in the order; what
 * they stack lies beyond the extents of the results.
 */
export const scan: BoundRule<'scan'> = {
  varying: ['length'],
  build: (c, node, inputs) => {
    const { b } = c;
    const { attrs } = node;
    const { body, length } = attrs;
    const { results, scalars } = c.body(node);
    const stacked = attrs.carries + attrs.xs;
    const steps = c.attribute(node, 'length');
    const isOpen = steps.factors.some((f) => f !== 0);
    const live: GraphNode[] = [];
    const alive = isOpen ? [param(b, { shape: [], dtype: 'bool' })] : [];
    if (isOpen) {
      const index = b.iota([length], 0, 'i32');
      live.push(b.compare('lt', index, b.broadcastTo(c.extent(steps), [length])));
    }
    const next = results.map((result, i) => {
      const before = body.params[i]!;
      if (!isOpen || i >= attrs.carries || result === before) return result;
      return b.where(b.broadcastTo(alive[0]!, result.shape), result, before);
    });
    return b.node(
      'scan',
      [...inputs.slice(0, stacked), ...live, ...inputs.slice(stacked), ...scalars.values()],
      {
        ...attrs,
        xs: attrs.xs + live.length,
        body: new Body(
          [
            ...body.params.slice(0, stacked),
            ...alive,
            ...body.params.slice(stacked),
            ...scalars.keys(),
          ],
          next,
        ),
      },
    );
  },
};
