import { expect, test } from 'vitest';
import { DTypeError } from '../../../src/engine/core/errors.js';
import type { CompareOp } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { run, values } from './run.js';

test.each<[CompareOp, number[]]>([
  ['eq', [0, 1, 0, 0, 1]],
  ['ne', [1, 0, 1, 1, 0]],
  ['lt', [1, 0, 0, 0, 0]],
  ['le', [1, 1, 0, 0, 1]],
  ['gt', [0, 0, 1, 0, 0]],
  ['ge', [0, 1, 1, 0, 1]],
])('%s, with NaN and signed zeros', (op, z) => {
  const x = values('f32', [1, 2, 3, NaN, -0]);
  const y = values('f32', [2, 2, 2, NaN, 0]);
  const result = run(op, [x, y], {});
  expect(result.dtype).toBe('bool');
  expect([...result.data]).toEqual(z);
});

test('bools are equal or not, but have no order', () => {
  const flags = [values('bool', [0, 1, 1]), values('bool', [0, 0, 1])];
  expect([...run('eq', flags, {}).data]).toEqual([1, 0, 1]);
  const flag = build.leaf({ kind: 'input' }, [], 'bool');
  expect(() => build.compare('lt', flag, flag)).toThrow(DTypeError);
});
