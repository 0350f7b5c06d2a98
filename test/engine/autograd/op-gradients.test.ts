/** Every row's gradient rule against finite differences, to the second order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFloat } from '../../../src/engine/core/dtype.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { OPS, build } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { DRAWN_OPS, describeCase, drawCase, graphOf } from '../ops/domains.js';
import { Rng } from '../ops/rng.js';
import { checkTwice } from './check.js';

const RUNS = 40;

const hasRule = (op: (typeof DRAWN_OPS)[number]): boolean => typeof OPS[op].gradient === 'function';

test.each(DRAWN_OPS.filter(hasRule))('%s: reverse mode = central differences, twice', (op) => {
  let checked = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = new Rng(seed);
      const drawn = drawCase(op, rng, { values: 'smooth' });
      const { node, leaves, bind } = graphOf(drawn);
      const values = new Map<GraphNode, RefArray>(
        leaves.map((leaf) => [leaf, bind(leaf as GraphNode<'leaf'>)]),
      );
      try {
        checkTwice(rng, node, leaves, values);
      } catch (error) {
        throw new Error(describeCase(drawn), { cause: error });
      }
      if (node.shape.every((d) => d > 0)) checked++;
    }),
    { numRuns: RUNS },
  );
  expect(checked).toBeGreaterThan(RUNS / 3);
});

test.each(DRAWN_OPS.filter((op) => !hasRule(op)))('%s: stops the flow', (op) => {
  const dtype = OPS[op].dtypes.find(isFloat);
  const { node, leaves } = graphOf(drawCase(op, new Rng(1), dtype && { dtype }));
  const seed = build.like(node, 1);
  expect(gradients(build, [node], [seed], leaves)).toEqual(leaves.map(() => null));
});
