import { expect, test } from 'vitest';
import { ArgumentError, InternalError, ShapeError } from '../../../src/engine/core/errors.js';
import {
  checkAscendingAxes,
  checkAxis,
  checkPerAxis,
  operands,
  wantedDtype,
} from '../../../src/engine/ops/operands.js';

test('axes count from the front and are integers', () => {
  for (const axis of [-1, 2, 0.5, NaN]) {
    expect(() => checkAxis('sum', axis, [2, 3])).toThrow(ShapeError);
  }
  expect(() => checkAxis('sum', 1, [2, 3])).not.toThrow();
  expect(() => checkAscendingAxes('sum', [0, 2], [1, 1, 1])).not.toThrow();
  expect(() => checkAscendingAxes('sum', [2, 0], [1, 1, 1])).toThrow(ShapeError);
});

test('lists per axis', () => {
  expect(() => checkPerAxis('pad', 'low', [-1, 2], [3, 3])).not.toThrow();
  expect(() => checkPerAxis('pad', 'low', [0.5, 2], [3, 3])).toThrow(
    new ArgumentError('pad: low = [0.5, 2] has an entry of 0.5; use integers.'),
  );
  expect(() => checkPerAxis('slice', 'step', [1], [])).toThrow(ArgumentError);
});

test('what only a bug can cause is an InternalError', () => {
  expect(() => operands('neg', [], 1)).toThrow(InternalError);
  expect(() => wantedDtype('cast', {})).toThrow(InternalError);
});
