import { expect, test } from 'vitest';
import { InternalError } from '../../../src/engine/core/errors.js';
import { Body, param } from '../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../src/engine/graph/node.js';
import { verifyGraph } from '../../../src/engine/graph/verify.js';
import { build, infer } from '../../../src/engine/ops/index.js';

const x = build.leaf({ kind: 'input' }, [2, 3], 'f32');
const y = build.add(x, build.reshape(build.constant(1, [6], 'f32'), [2, 3]));
const z = build.sum(
  build.cast(build.broadcast(build.reshape(y, [2, 1, 3]), [2, 4, 3]), 'f64'),
  [1],
);

/** Checks that a sum over `broken` is refused with `message`. */
function refused(broken: GraphNode, message: string): void {
  const user: GraphNode = { ...broken, id: 1e9, op: 'neg', attrs: {}, inputs: [broken] };
  expect(() => verifyGraph([user], infer)).toThrow(InternalError);
  expect(() => verifyGraph([user], infer)).toThrow(message);
}

test('a sound graph passes', () => {
  expect(() => verifyGraph([z, y, z], infer)).not.toThrow();
  expect(() => verifyGraph([], infer)).not.toThrow();
});

test('each defect is named with its node', () => {
  refused({ ...y, shape: [3, 2] }, `node ${y.id}, f32[3, 2] = add(…) should be f32[2, 3]`);
  refused({ ...y, dtype: 'f64' }, `node ${y.id}, f64[2, 3] = add(…) should be f32[2, 3]`);
  refused({ ...y, inputs: [x] }, 'add(…) is ill-formed: internal: add takes 2 operands and got 1');
  refused(
    { ...y, inputs: [x, undefined] as unknown as GraphNode[] },
    `node ${y.id}, f32[2, 3] = add(…) has no operand 1`,
  );
  refused({ ...y, id: x.id }, `uses node ${x.id}, f32[2, 3] = leaf(…), which is not older`);
  refused({ ...y, inputs: [x, { ...x }] }, 'shares its id with a leaf node');
  refused(
    { ...z, attrs: { axes: [3] } },
    'is ill-formed: sum: axis 3 does not exist in shape [2, 4, 3]',
  );
});

test('a cycle is refused', () => {
  const inputs: GraphNode[] = [x];
  const a: GraphNode = { ...build.neg(x), inputs };
  const b: GraphNode = build.neg(a);
  inputs[0] = b;
  expect(() => verifyGraph([b], infer)).toThrow('which is not older');
});

test('deep graphs', () => {
  let node: GraphNode = x;
  for (let i = 0; i < 100_000; i++) node = build.neg(node);
  expect(() => verifyGraph([node], infer)).not.toThrow();
});

test('the body of a scan is verified, too', () => {
  const p = param(build, x);
  const scan = (result: GraphNode, params = [p]): GraphNode => {
    const body = new Body(params, [result]);
    const attrs = { body, length: 2, carries: 1, xs: 0, reverse: false, save: 'values' } as const;
    return build.scan([x], attrs)[0]!;
  };
  const sound = build.neg(p);
  expect(() => verifyGraph([scan(sound)], infer)).not.toThrow();
  const broken: GraphNode = { ...sound, inputs: [] };
  expect(() => verifyGraph([scan(broken)], infer)).toThrow('neg takes 1 operand and got 0');
  expect(() => verifyGraph([scan(build.neg(x), [x])], infer)).toThrow('no leaves of kind param');
});
