import { describe, expect, it } from 'vitest';
import { WasmDevice } from '../../../../src/engine/backends/wasm/device.js';
import { expandSparse } from '../../../../src/engine/compiler/expand/sparse.js';
import type { GraphNode, OpName } from '../../../../src/engine/graph/node.js';
import { isOp, topological } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { drawn, expectAgreement, given } from '../agree.js';

const device = new WasmDevice();
const [slots, columns, width] = [9, 4, 5];
const index = [3, 0, 1, 1, 3, 0, 1, 3, 0];
const tptr = [0, 3, 6, 6, 9];
const tperm = [1, 5, 8, 2, 3, 6, 0, 4, 7];

/** x [columns, width], weights [slots], values [slots, width], and the structure. */
const inputs = [
  drawn('f32', [columns, width]),
  drawn('f32', [slots]),
  drawn('f32', [slots, width]),
  given('i32', index),
  given('i32', tptr),
  given('i32', tperm),
];

type Leaves = readonly [
  x: GraphNode,
  w: GraphNode,
  z: GraphNode,
  index: GraphNode,
  tptr: GraphNode,
  tperm: GraphNode,
];

function rowsOf(x: GraphNode, at: GraphNode): GraphNode {
  const shape = [at.shape[0]!, ...x.shape.slice(1)];
  return b.gather(x, b.broadcast(b.reshape(at, [shape[0]!, 1]), shape), 0);
}

const messages: Record<string, (leaves: Leaves) => GraphNode> = {
  'rows as they are': ([x, , , at]) => rowsOf(x, at),
  'rows by weights': ([x, w, , at]) =>
    b.mul(rowsOf(x, at), b.broadcast(b.reshape(w, [slots, 1]), [slots, width])),
  'rows with what is stored': ([x, , z, at]) => b.unary('tanh', b.add(z, rowsOf(x, at))),
  'rows by one for all': ([x, , z, at]) => {
    const first = b.slice(z, { start: [0, 0], stop: [1, width], step: [1, 1] });
    return b.mul(rowsOf(x, at), b.broadcast(first, [slots, width]));
  },
  'rows or zeros, by a condition': ([x, , z, at]) =>
    b.where(b.compare('gt', z, b.like(z, 0)), rowsOf(x, at), b.like(z, 0)),
};

describe('sums over columns', () => {
  it.each(Object.entries(messages))('of %s: right, and no row is stored again', (_, make) => {
    expectAgreement(device, inputs, (...leaves) => {
      const all = leaves as unknown as Leaves;
      const [, , , at, ends, order] = all;
      return [b.slotSum(make(all), [at, ends, order])];
    });
    const leaves = inputs.map((x) => b.leaf({ kind: 'input' }, x.shape, x.dtype));
    const all = leaves as unknown as Leaves;
    const sum = b.slotSum(make(all), [all[3], all[4], all[5]]) as GraphNode<'slotSum'>;
    for (const node of topological([expandSparse(b, sum)])) {
      if (isOp(node, 'gather')) expect(['leaf' as OpName]).toContain(sourceOf(node).op);
    }
  });
  it('of places that do not exist give nothing, also where f(0) is not 0', () => {
    const stray = given('i32', [1, 5, 8, 2, -1, 6, 0, 99, 7]);
    expectAgreement(device, [...inputs.slice(0, 5), stray], (...leaves) => {
      const all = leaves as unknown as Leaves;
      const [x, , , at, ends, order] = all;
      return [b.slotSum(b.unary('exp', rowsOf(x, at)), [at, ends, order])];
    });
  });
});

/** What a gather reads, through views. */
function sourceOf(node: GraphNode<'gather'>): GraphNode {
  let source = node.inputs[0]!;
  while (isOp(source, 'reshape')) source = source.inputs[0]!;
  return source;
}
