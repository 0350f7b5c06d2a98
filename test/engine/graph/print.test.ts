import { expect, test } from 'vitest';
import { Body, param } from '../../../src/engine/graph/body.js';
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

test('the body of a scan stands below it', () => {
  const [c, x] = [0, 1].map(() => param(build, { shape: [], dtype: 'f32' }));
  const body = new Body([c!, x!], [build.add(c!, x!)]);
  const inputs = [build.constant(0, [], 'f32'), build.leaf({ kind: 'input' }, [3], 'f32')];
  const attrs = { body, length: 3, carries: 1, xs: 1, reverse: false, save: 'values' } as const;
  expect(printGraph(build.scan(inputs, attrs))).toBe(
    [
      '%0: f32[] = constant() {value: 0}',
      '%1: f32[3] = leaf() {source: input}',
      '%2: f32[0] = scan(%0, %1) {length: 3, carries: 1, xs: 1, reverse: false, save: values}',
      '  %2.0: f32[] = leaf() {source: param}',
      '  %2.1: f32[] = leaf() {source: param}',
      '  %2.2: f32[] = add(%2.0, %2.1)',
      '  return %2.2',
      '%3: f32[] = scanResult(%2) {index: 0}',
      'return %3',
    ].join('\n'),
  );
});
