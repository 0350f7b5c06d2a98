import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import type { OpAttrs } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { counting, run, values } from './run.js';

const WIDE: OpAttrs['windowMax'] = { size: [3], stride: [1], dilation: [1], low: [1], high: [1] };

test('window is a sliding view with a new last axis', () => {
  const y = run('window', [counting('i32', [2, 5])], { axis: 1, size: 2, stride: 3, dilation: 1 });
  expect(y.shape).toEqual([2, 2, 2]);
  expect([...y.data]).toEqual([0, 1, 3, 4, 5, 6, 8, 9]);
  const spread = run('window', [counting('i32', [5])], {
    axis: 0,
    size: 2,
    stride: 1,
    dilation: 3,
  });
  expect([...spread.data]).toEqual([0, 3, 1, 4]);
  const none = run('window', [counting('i32', [2])], { axis: 0, size: 3, stride: 1, dilation: 1 });
  expect(none.shape).toEqual([0, 3]);
});

test('windows sum, and find the first maximum, without what lies beside', () => {
  const x = values('f32', [-3, -1, -1, -2]);
  expect([...run('windowSum', [x], WIDE).data]).toEqual([-4, -5, -4, -3]);
  expect([...run('windowMax', [x], WIDE).data]).toEqual([-1, -1, -1, -1]);
  expect([...run('argMaxWindow', [x], WIDE).data]).toEqual([1, 1, 1, 2]);
});

test('padding never wins, and a window without elements has no position', () => {
  const low = { ...WIDE, size: [1], low: [1] };
  const x = values('f32', [-Infinity, NaN]);
  expect([...run('windowMax', [x], low).data]).toEqual([-Infinity, -Infinity, NaN, -Infinity]);
  expect([...run('argMaxWindow', [x], low).data]).toEqual([-1, 0, 1, -1]);
  const whole = values('i32', [-2147483648]);
  expect([...run('argMaxWindow', [whole], WIDE).data]).toEqual([0]);
  expect([...run('windowMax', [values('u8', [3])], low).data]).toEqual([0, 3, 0]);
});

test('sums of integers wrap', () => {
  const x = values('i32', [2147483647, 1, 0]);
  expect([...run('windowSum', [x], { ...WIDE, low: [0], high: [0] }).data]).toEqual([-2147483648]);
});

const leaf = (shape: readonly number[], dtype: 'f32' | 'bool' = 'f32') =>
  build.leaf({ kind: 'input' }, shape, dtype);

test('refuses what describes no window', () => {
  const one = { axis: 0, size: 2, stride: 1, dilation: 1 };
  expect(() => build.window(leaf([3]), { ...one, axis: 1 })).toThrow(ShapeError);
  expect(() => build.window(leaf([3]), { ...one, stride: 0 })).toThrow(ArgumentError);
  expect(() => build.windowMax(leaf([3]), { ...WIDE, size: [0] })).toThrow('size is [0]');
  expect(() => build.windowMax(leaf([3]), { ...WIDE, low: [] })).toThrow('low is []');
  expect(() => build.windowSum(leaf([]), WIDE)).toThrow(ShapeError);
  expect(() => build.argMaxWindow(leaf([3], 'bool'), WIDE)).toThrow(DTypeError);
});
