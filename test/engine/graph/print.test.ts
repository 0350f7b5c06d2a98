import { expect, test } from 'vitest';
import { printGraph } from '../../../src/engine/graph/print.js';
import { build } from '../../../src/engine/ops/index.js';

test('a graph reads as one line a node, numbered from its own start', () => {
  const x = build.leaf({ kind: 'input' }, [64, 20], 'f32');
  const w = build.leaf({ kind: 'storage' }, [10, 20], 'f32');
  const y = build.dot(x, w, { batch: [[], []], contract: [[1], [1]] });
  const positive = build.where(
    build.compare('gt', y, build.like(y, -0)),
    y,
    build.like(y, -Infinity),
  );
  const loss = build.sum(positive, [0, 1]);
  expect(printGraph([loss, y])).toBe(
    [
      '%0: f32[64, 20] = leaf() {source: input}',
      '%1: f32[10, 20] = leaf() {source: storage}',
      '%2: f32[64, 10] = dot(%0, %1) {batch: [[], []], contract: [[1], [1]]}',
      '%3: f32[64, 10] = constant() {value: -0}',
      '%4: bool[64, 10] = gt(%2, %3)',
      '%5: f32[64, 10] = constant() {value: -Infinity}',
      '%6: f32[64, 10] = where(%4, %2, %5)',
      '%7: f32[] = sum(%6) {axes: [0, 1]}',
      'return %7, %2',
    ].join('\n'),
  );
});

test('equal graphs print equally, whatever was built before them', () => {
  const text = () => printGraph([build.neg(build.iota([3], 0, 'i32'))]);
  expect(text()).toBe(text());
});
