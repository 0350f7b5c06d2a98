import { expect, test } from 'vitest';
import { graphDifference } from '../../../../src/engine/compiler/bounds/compare.js';
import { Body, param } from '../../../../src/engine/graph/body.js';
import type { GraphNode } from '../../../../src/engine/graph/node.js';
import { build as b } from '../../../../src/engine/ops/index.js';
import { InputSource } from '../../../../src/engine/runtime/storage.js';

const input = (position: number, shape: number[]): GraphNode => {
  return b.leaf(new InputSource(position), shape, 'f32');
};

function difference(
  before: GraphNode | GraphNode[],
  now: GraphNode | GraphNode[],
  numbersMayDiffer = false,
): string | undefined {
  return graphDifference([before].flat(), [now].flat(), {
    sameSource: (x, y) => {
      return x === y || (x as InputSource).position === (y as InputSource).position;
    },
    numbersMayDiffer,
  });
}

const scaled = (by: number, n = 3): GraphNode => {
  const x = input(0, [n]);
  return b.mul(x, b.like(x, by));
};

test('graphs that are the same, and in what they are not', () => {
  expect(difference(scaled(2), scaled(2))).toBeUndefined();
  expect(difference(scaled(2), scaled(3))).toBe('a constant is 3 and was 2, an operand of mul [3]');
  expect(difference(scaled(2), scaled(2, 4))).toBe(
    'a leaf has shape [4] and had [3], an operand of mul [4]'.replace('mul [4]', 'mul [3]'),
  );
  expect(difference(scaled(2), input(1, [3]))).toBe(
    'it reads other arguments or state, an operand of mul [3]',
  );
  expect(difference(scaled(2), b.unary('exp', input(0, [3])))).toBe(
    'there is an exp where there was a constant, an operand of mul [3]',
  );
  const x = input(0, [3]);
  expect(difference(b.sub(x, b.like(x, 1)), b.sub(b.like(x, 1), x))).toContain('where there was');
  expect(difference(x, [x, x])).toBe('it returns or assigns something else');
});

test('numbers may differ where that is asked for', () => {
  expect(difference(scaled(2), scaled(3, 5), true)).toBeUndefined();
  const cut = (stop: number): GraphNode => {
    return b.slice(input(0, [9]), { start: [0], stop: [stop], step: [1] });
  };
  expect(difference(cut(3), cut(4), true)).toBeUndefined();
  expect(
    difference(b.reshape(input(0, [4]), [2, 2]), b.reshape(input(0, [4]), [4, 1, 1]), true),
  ).toBe('a reshape has shape [4, 1, 1] and had [2, 2]');
});

test('bodies of scans are compared by what they do', () => {
  const loop = (f: (c: GraphNode, w: GraphNode) => GraphNode): GraphNode => {
    const [c, w] = [param(b, { shape: [2], dtype: 'f32' }), param(b, { shape: [2], dtype: 'f32' })];
    const attrs = { length: 4, carries: 1, xs: 0, reverse: false, save: 'values' } as const;
    return b.scan([input(0, [2]), input(1, [2])], {
      ...attrs,
      body: new Body([c, w], [f(c, w)]),
    })[0]!;
  };
  const add = (c: GraphNode, w: GraphNode): GraphNode => b.add(c, w);
  expect(difference(loop(add), loop(add))).toBeUndefined();
  expect(
    difference(
      loop(add),
      loop((c, w) => b.add(w, c)),
    ),
  ).toBe('it reads other arguments or state, an operand of add [2]');
  expect(
    difference(
      loop(add),
      loop((c, w) => b.mul(c, w)),
    ),
  ).toBe('there is a mul where there was an add');
  const by = (v: number) => (c: GraphNode) => b.mul(c, b.like(c, v));
  expect(difference(loop(by(2)), loop(by(3)))).toContain('a constant is 3 and was 2');
  expect(difference(loop(by(2)), loop(by(3)), true)).toBeUndefined();
});
