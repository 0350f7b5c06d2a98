// covers: src/engine/core/errors.ts
import { expect, test } from 'vitest';
import {
  ArgumentError,
  GradusError,
  InternalError,
  ShapeError,
  invariant,
} from '../../../src/engine/core/errors.js';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from '../../../src/engine/core/shape.js';

test('sizes and strides', () => {
  expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0])]).toEqual([1, 6, 0]);
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
  expect([sameShape([2], [2]), sameShape([2], [2, 1]), sameShape([2], [3])]).toEqual([
    true,
    false,
    false,
  ]);
  expect(formatShape([2, 3])).toBe('[2, 3]');
});

test('broadcasting, zeros included', () => {
  expect(broadcastShapes('add', [3, 1], [4])).toEqual([3, 4]);
  expect(broadcastShapes('add', [], [2, 0])).toEqual([2, 0]);
  expect(broadcastShapes('add', [1], [0])).toEqual([0]);
  expect(() => broadcastShapes('add', [2, 3], [4, 2, 2])).toThrow(
    new ShapeError(
      'add: shapes [2, 3] and [4, 2, 2] do not broadcast (dim -1 is 3 and 2); ' +
        'the sizes must be equal or one of them 1.',
    ),
  );
  expect(() => broadcastShapes('add', [2], [0])).toThrow(ShapeError);
});

test('axes from either end', () => {
  expect(normalizeAxis('sum', -1, 3)).toBe(2);
  expect(normalizeAxes('sum', [-1, 0], 3)).toEqual([0, 2]);
  expect(normalizeAxes('sum', undefined, 2)).toEqual([0, 1]);
  expect(normalizeAxes('sum', 1, 2)).toEqual([1]);
  expect(() => normalizeAxis('sum', 3, 3)).toThrow(
    'sum: axis 3 is out of range for a tensor of rank 3; use -3…2.',
  );
  expect(() => normalizeAxis('sum', 0.5, 3)).toThrow(ShapeError);
  expect(() => normalizeAxis('sum', 0, 0)).toThrow('a scalar has no axes.');
  expect(() => normalizeAxes('sum', [0, -2], 2)).toThrow('sum: axis 0 is given twice.');
});

test('shapes that cannot be', () => {
  expect(() => checkShape('zeros', [2, -1])).toThrow(ShapeError);
  expect(() => checkShape('zeros', [1.5])).toThrow('extents are integers ≥ 0');
  expect(() => checkShape('zeros', [65536, 65536])).toThrow('the limit is 2^31 - 1');
  expect(() => checkShape('zeros', [0, 3])).not.toThrow();
});

test('errors are typed and named', () => {
  const error = new ArgumentError('no');
  expect(error).toBeInstanceOf(GradusError);
  expect(error.name).toBe('ArgumentError');
  expect(() => invariant(false, 'x is odd')).toThrow(
    new InternalError('internal: x is odd; please report this.'),
  );
  expect(() => invariant(true, 'x is odd')).not.toThrow();
});
