import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InternalError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import { Builder } from '../../../src/engine/graph/builder.js';
import { printGraph } from '../../../src/engine/graph/print.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { topological } from '../../../src/engine/graph/node.js';
import { verifyGraph } from '../../../src/engine/graph/verify.js';
import { build, infer } from '../../../src/engine/ops/index.js';
import type { RefArray } from '../../../src/engine/ops/index.js';
import { Rng } from '../ops/rng.js';
import { values } from '../ops/run.js';
import { between, tensor } from '../ops/values.js';
import { checkTwice, inner } from './check.js';

const leaf = (shape: readonly number[] = []): GraphNode =>
  build.leaf({ kind: 'input' }, shape, 'f64');

/** Two layers with softmax, as the tensor layer would build them: shared nodes, ties of shapes. */
function network(x: GraphNode, w: GraphNode, v: GraphNode): GraphNode {
  const layer = (a: GraphNode, c: GraphNode) =>
    build.dot(a, c, { batch: [[], []], contract: [[1], [1]] });
  const hidden = build.unary('tanh', layer(x, w));
  const logits = layer(build.mul(hidden, build.unary('sigmoid', hidden)), v);
  const top = build.broadcast(build.reduceKeep('reduceMax', logits, [1]), logits.shape);
  const powers = build.unary('exp', build.sub(logits, top));
  const total = build.broadcast(build.reduceKeep('sum', powers, [1]), logits.shape);
  return build.div(powers, total);
}

function drawNetwork(seed: number) {
  const rng = new Rng(seed);
  const leaves = [leaf([3, 5]), leaf([4, 5]), leaf([2, 4])];
  const bound = new Map<GraphNode, RefArray>(
    leaves.map((x) => [x, tensor(rng, x.shape, 'f64', between(-1, 1))]),
  );
  return { rng, leaves, bound, y: network(leaves[0]!, leaves[1]!, leaves[2]!) };
}

test('a network, to the second order', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { rng, leaves, bound, y } = drawNetwork(seed);
      checkTwice(rng, y, leaves, bound);
    }),
    { numRuns: 20 },
  );
});

test('the gradient is linear in its seed', () => {
  const { rng, leaves, bound, y } = drawNetwork(7);
  const [s, t] = [0, 1].map(() => {
    const seed = leaf(y.shape);
    bound.set(seed, tensor(rng, y.shape, 'f64', between(-1, 1)));
    return seed;
  });
  const mixed = build.add(s!, build.mul(t!, build.like(t!, 3)));
  const found = [s!, t!, mixed].map((seed) => gradients(build, [y], [seed], leaves));
  const data = found.map((list) =>
    interpret(
      list.map((g) => g!),
      (x) => bound.get(x)!,
    ).flatMap((r) => [...r.data]),
  );
  data[2]!.forEach((v, i) => expect(v).toBeCloseTo(data[0]![i]! + 3 * data[1]![i]!, 12));
});

test('contributions add up: shared nodes, repeated outputs, several outputs', () => {
  const x = leaf();
  const square = build.mul(x, x);
  const cube = build.mul(square, x);
  const one = build.like(x, 1);
  const [g] = gradients(build, [cube, square, square, x], [one, one, one, one], [x]);
  const at = (v: number) => interpret([g!], () => values('f64', [v], []))[0]!.data[0];
  expect(at(5)).toBe(75 + 10 + 10 + 1);
});

test('an inner node may be asked for, beside what it depends on', () => {
  const x = leaf();
  const y = build.mul(x, x);
  const z = build.mul(y, y);
  const [gz, gy, gx] = gradients(build, [z], [build.like(z, 1)], [z, y, x]);
  const found = interpret([gz!, gy!, gx!], () => values('f64', [3], []));
  expect(found.map((r) => r.data[0])).toEqual([1, 18, 108]);
});

test('null where nothing flows', () => {
  const [x, other] = [leaf([2]), leaf([2])];
  const index = build.leaf({ kind: 'input' }, [2], 'i32');
  const y = build.add(build.unary('floor', x), build.gather(other, index, 0));
  const found = gradients(build, [y], [build.like(y, 1)], [x, other, index]);
  expect(found.map((g) => g === null)).toEqual([true, false, true]);
  const flag = build.compare('gt', x, other);
  expect(gradients(build, [flag], [build.like(flag, 1)], [x])).toEqual([null]);
  expect(gradients(build, [], [], [x])).toEqual([null]);
  const twice = build.add(index, index);
  expect(gradients(build, [twice], [twice], [index])).toEqual([null]);
  expect(gradients(build, [index], [index], [index])).toEqual([null]);
});

test('only what lies between is visited, and the order of sums is fixed', () => {
  let made = 0;
  const counting = new Builder((...rule) => {
    made++;
    return infer(...rule);
  });
  const text = (): string => {
    const [x, data] = [leaf([2]), leaf([2])];
    // A long branch that does not depend on x.
    let constant = data;
    for (let i = 0; i < 50; i++) constant = build.unary('tanh', constant);
    // And one that depends on it only through steps.
    let steps = build.unary('floor', x);
    for (let i = 0; i < 50; i++) steps = build.unary('tanh', steps);
    const y = build.mul(build.mul(x, build.add(constant, steps)), build.unary('sin', x));
    const [g] = gradients(counting, [y], [build.like(y, 1)], [x]);
    verifyGraph([g!], infer);
    return printGraph([g!]);
  };
  expect(text()).toBe(text());
  expect(made).toBeLessThan(30);
});

test('a chain of 100,000 nodes', () => {
  const x = leaf();
  let y = x;
  for (let i = 0; i < 100_000; i++) y = build.add(y, x);
  const [g] = gradients(build, [y], [build.like(y, 1)], [x]);
  expect(interpret([g!], () => values('f64', [2], []))[0]!.data[0]).toBe(100_001);
});

test('paths are summed, not followed: a lattice of 2^200 of them', () => {
  const x = leaf();
  let y = x;
  for (let i = 0; i < 200; i++) y = build.mul(build.add(y, y), build.like(y, 0.5));
  const [g] = gradients(build, [y], [build.like(y, 1)], [x]);
  expect(topological([g!]).length).toBeLessThan(2000);
  expect(interpret([g!], () => values('f64', [2], []))[0]!.data[0]).toBe(1);
});

test('a seed of another shape is refused', () => {
  const x = leaf([2]);
  expect(() => gradients(build, [x], [leaf([3])], [x])).toThrow(InternalError);
  expect(() => gradients(build, [x], [], [x])).toThrow('one seed per output');
});

test('logSoftmax with -∞, and softplus at 100, have finite gradients in stable form', () => {
  const x = leaf([3]);
  const top = build.broadcast(build.reduceKeep('reduceMax', x, [0]), [3]);
  const shifted = build.sub(x, top);
  const total = build.unary('log', build.reduceKeep('sum', build.unary('exp', shifted), [0]));
  const pick = build.constant(1, [3], 'f64');
  const first = build.slice(build.sub(shifted, build.broadcast(total, [3])), {
    start: [0],
    stop: [1],
    step: [1],
  });
  const [g] = gradients(
    build,
    [inner(first, build.like(first, 1))],
    [build.constant(1, [], 'f64')],
    [x],
  );
  const [value, slope] = interpret([first, g!, pick], () => values('f64', [0, -Infinity, 0]));
  expect(value!.data[0]).toBeCloseTo(-Math.LN2, 15);
  [0.5, 0, -0.5].forEach((v, i) => expect(slope!.data[i]).toBeCloseTo(v, 15));
  // softplus(x) = max(x, 0) + log1p(exp(-|x|))
  const s = leaf([2]);
  const tail = build.unary('log1p', build.unary('exp', build.neg(build.unary('abs', s))));
  const soft = build.add(build.unary('relu', s), tail);
  const [gs] = gradients(build, [soft], [build.like(soft, 1)], [s]);
  const [v, d] = interpret([soft, gs!], () => values('f64', [100, -800]));
  expect([...v!.data]).toEqual([100, 0]);
  expect([...d!.data]).toEqual([1, 0]);
});
