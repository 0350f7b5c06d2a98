import { expect, test } from 'vitest';
import { randomWords } from '../../../src/engine/core/philox.js';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { build } from '../../../src/engine/ops/index.js';
import { run, values } from './run.js';

test('constant is converted to its dtype', () => {
  const shape = [2];
  expect([...run('constant', [], { value: 0.1 }, { shape, dtype: 'f32' }).data]).toEqual([
    Math.fround(0.1),
    Math.fround(0.1),
  ]);
  expect([...run('constant', [], { value: NaN }, { shape: [], dtype: 'i32' }).data]).toEqual([0]);
  expect([...run('constant', [], { value: -1 }, { shape: [], dtype: 'u8' }).data]).toEqual([255]);
  expect([...run('constant', [], { value: 7 }, { shape: [0], dtype: 'f32' }).data]).toEqual([]);
});

test('iota counts along its axis', () => {
  const shape = [2, 3];
  expect([...run('iota', [], { axis: 1 }, { shape, dtype: 'i32' }).data]).toEqual([
    0, 1, 2, 0, 1, 2,
  ]);
  expect([...run('iota', [], { axis: 0 }, { shape, dtype: 'f32' }).data]).toEqual([
    0, 0, 0, 1, 1, 1,
  ]);
  const bytes = run('iota', [], { axis: 0 }, { shape: [300], dtype: 'u8' });
  expect([bytes.data[255], bytes.data[256]]).toEqual([255, 0]);
});

test('randomBits is the generator at the state and offset', () => {
  const state = [12, -34, -1, 7];
  const bits = run('randomBits', [values('i32', state)], { offset: 3 }, { shape: [3, 5] });
  expect(bits.dtype).toBe('i32');
  expect([...bits.data]).toEqual([...randomWords([12, -34, 2, 8], 0, 15)]);
});

test('what does not fit', () => {
  expect(() => build.iota([2], 1, 'f32')).toThrow(
    new ShapeError('iota: axis 1 does not exist in shape [2]; use 0…0.'),
  );
  expect(() => build.iota([], 0, 'f32')).toThrow('a scalar has no axes.');
  expect(() => build.iota([2], 0, 'bool')).toThrow(DTypeError);
  expect(() => build.constant(0, [2, -1], 'f32')).toThrow(ShapeError);
  const state = build.leaf({ kind: 'storage' }, [4], 'i32');
  expect(() => build.randomBits(state, [2], -1)).toThrow(ArgumentError);
  expect(() => build.randomBits(build.leaf({ kind: 'storage' }, [3], 'i32'), [2], 0)).toThrow(
    new ShapeError(
      'randomBits: state has shape [3]; give the four words [key, key, counter low, counter high].',
    ),
  );
  expect(() => build.randomBits(build.leaf({ kind: 'storage' }, [4], 'f32'), [2], 0)).toThrow(
    DTypeError,
  );
});
