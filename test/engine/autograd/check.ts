/** Reverse mode against central differences in f64, along a random direction. */
import { expect } from 'vitest';
import { isFloat } from '../../../src/engine/core/dtype.js';
import { sizeOf } from '../../../src/engine/core/shape.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { build } from '../../../src/engine/ops/index.js';
import type { Rng } from '../ops/rng.js';
import { between, tensor } from '../ops/values.js';

export type Values = Map<GraphNode, RefArray>;

const STEP = 1e-5;
const TOLERANCE = 1e-7;

/** A fresh leaf of `x`'s shape with random values, entered in `values`. */
function randomLike(rng: Rng, x: GraphNode, values: Values): GraphNode {
  const leaf = build.leaf({ kind: 'input' }, x.shape, x.dtype);
  values.set(leaf, tensor(rng, x.shape, x.dtype, between(-1, 1)));
  return leaf;
}

/** Σ x · w over all elements. */
export function inner(x: GraphNode, w: GraphNode): GraphNode {
  return build.sum(
    build.mul(x, w),
    x.shape.map((_, axis) => axis),
  );
}

function evaluate(outputs: readonly GraphNode[], values: Values): Float64Array[] {
  return interpret(outputs, (leaf) => values.get(leaf)!).map((r) => r.data);
}

/** `values` with each float leaf moved by `amount` times its direction. */
function moved(values: Values, directions: Values, amount: number): Values {
  const out = new Map(values);
  for (const [leaf, direction] of directions) {
    const x = values.get(leaf)!;
    out.set(leaf, { ...x, data: x.data.map((v, i) => v + amount * direction.data[i]!) });
  }
  return out;
}

/**
 * Checks the gradient of the scalar `loss` with respect to `wrt`, and gives its nodes (zeros where
 * nothing flows).
 */
export function checkGradient(
  rng: Rng,
  loss: GraphNode,
  wrt: readonly GraphNode[],
  values: Values,
): GraphNode[] {
  const found = gradients(build, [loss], [build.like(loss, 1)], wrt);
  const nodes = found.map((g, i) => g ?? build.like(wrt[i]!, 0));
  const directions: Values = new Map(
    wrt.map((x) => [x, tensor(rng, x.shape, x.dtype, between(-1, 1))]),
  );
  let reverse = 0;
  let scale = 1;
  evaluate(nodes, values).forEach((data, i) => {
    const direction = directions.get(wrt[i]!)!.data;
    data.forEach((g, k) => {
      reverse += g * direction[k]!;
      scale += Math.abs(g * direction[k]!);
    });
  });
  const at = (amount: number): number =>
    evaluate([loss], moved(values, directions, amount))[0]![0]!;
  // Two steps, extrapolated: the error is of the fourth order.
  const slope = (h: number): number => (at(h) - at(-h)) / (2 * h);
  const numeric = (4 * slope(STEP * 10) - slope(STEP * 20)) / 3;
  expect(Math.abs(reverse - numeric) / scale).toBeLessThan(TOLERANCE);
  return nodes;
}

/**
 * Checks ⟨y, w⟩ with random w to the first order, and ⟨gradient, u⟩ with random u, in the operands
 * and in w, to the second.
 */
export function checkTwice(rng: Rng, y: GraphNode, leaves: readonly GraphNode[], given: Values) {
  const values = new Map(given);
  const floats = leaves.filter((leaf) => isFloat(leaf.dtype) && sizeOf(leaf.shape) > 0);
  if (floats.length === 0 || !isFloat(y.dtype)) return;
  const w = randomLike(rng, y, values);
  const first = checkGradient(rng, inner(y, w), floats, values);
  const scalars = first.map((g) => inner(g, randomLike(rng, g, values)));
  const second = scalars.reduce((sum, s) => build.add(sum, s));
  checkGradient(rng, second, [...floats, w], values);
}
