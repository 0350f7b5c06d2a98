import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { IDS_BLOCK, segmentIdsOf } from '../../../src/engine/ops/segment.js';
import { leastOf } from '../../../src/engine/core/dtype.js';
import { build } from '../../../src/engine/ops/index.js';
import { drawCase } from './domains.js';
import { Rng } from './rng.js';
import { counting, run, values } from './run.js';
import { drawPointers } from './structure.js';

const NO_ATTRS = {};
const ptr = values('i32', [0, 2, 2, 5]);

test('by hand: sums wrap, maxima of nothing are the least value, the first maximum counts', () => {
  const reduce = (
    op: 'segmentSum' | 'segmentMax' | 'segmentArgMax',
    x: ReturnType<typeof values>,
  ) => [...run(op, [x, ptr], NO_ATTRS).data];
  const f32 = values('f32', [1, 3, 2, 5, 5]);
  expect(reduce('segmentSum', f32)).toEqual([4, 0, 12]);
  expect(reduce('segmentMax', f32)).toEqual([3, -Infinity, 5]);
  expect(reduce('segmentArgMax', f32)).toEqual([1, -1, 3]);
  const i32 = values('i32', [2147483647, 1, -7, -8, -9]);
  expect(reduce('segmentSum', i32)).toEqual([-2147483648, 0, -24]);
  expect(reduce('segmentMax', i32)).toEqual([2147483647, -2147483648, -7]);
  expect(reduce('segmentSum', values('u8', [200, 100, 0, 1, 2]))).toEqual([44, 0, 3]);
  expect(reduce('segmentArgMax', values('f64', [1, NaN, 1, NaN, NaN]))).toEqual([1, -1, 3]);
  expect(reduce('segmentMax', values('f64', [1, NaN, 1, 2, 0]))).toEqual([NaN, -Infinity, 2]);
  expect(leastOf('u8')).toBe(0);
});

test('numbers of segments, gaps and blocks included', () => {
  expect([...segmentIdsOf(ptr, 7)]).toEqual([0, 0, 2, 2, 2, -1, -1]);
  expect([...segmentIdsOf(values('i32', [2, 3]), 4)]).toEqual([-1, -1, 0, -1]);
  expect([...segmentIdsOf(values('i32', [0]), 2)]).toEqual([-1, -1]);
  const long = segmentIdsOf(values('i32', [0, IDS_BLOCK + 1, IDS_BLOCK + 1, 3 * IDS_BLOCK]), 3000);
  expect([long[IDS_BLOCK], long[IDS_BLOCK + 1], long[2999]]).toEqual([0, 2, 2]);
});

test('segmentGather is the transpose of segmentSum, and that a scatter by the numbers', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = new Rng(seed);
      const [count, size] = [rng.int(0, 9), rng.int(0, 30)];
      const pointers = drawPointers(rng, count, size, false);
      const x = counting('f64', [size, 2]);
      const y = counting('f64', [count, 2]);
      const sums = run('segmentSum', [x, pointers], NO_ATTRS);
      const spread = run('segmentGather', [y, pointers], { size });
      const dot = (a: Float64Array, b: Float64Array) => a.reduce((t, v, i) => t + v * b[i]!, 0);
      expect(dot(sums.data, y.data)).toBe(dot(x.data, spread.data));
      const ids = run('segmentIds', [pointers], { size }).data;
      const index = { ...x, dtype: 'i32' as const, data: x.data.map((_, i) => ids[i >> 1]!) };
      const scattered = run('scatterAdd', [x, index], { axis: 0, size: count });
      expect([...scattered.data]).toEqual([...sums.data]);
    }),
  );
});

test('wherever pointers point, a number is that of a segment that has the element', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { inputs, attrs } = drawCase('segmentIds', new Rng(seed));
      run('segmentIds', inputs, attrs).data.forEach((v, e) => {
        if (v < 0) return;
        expect(inputs[0]!.data[v]!).toBeLessThanOrEqual(e);
        expect(inputs[0]!.data[v + 1]!).toBeGreaterThan(e);
      });
    }),
    { numRuns: 30 },
  );
});

test('what does not fit', () => {
  const x = build.leaf({ kind: 'input' }, [4, 3], 'f32');
  const pointers = build.leaf({ kind: 'input' }, [3], 'i32');
  expect(() => build.segment('segmentSum', x, x)).toThrow(DTypeError);
  expect(() => build.segment('segmentSum', x, build.reshape(pointers, [3, 1]))).toThrow(
    new ShapeError(
      'segmentSum: ptr has shape [3, 1]; give a vector of one pointer more than there are segments.',
    ),
  );
  expect(() => build.segment('segmentMax', build.constant(1, [], 'f32'), pointers)).toThrow(
    'segmentMax: a scalar has no elements to divide; give x [E, …].',
  );
  expect(() => build.segmentGather(x, pointers, 4)).toThrow(
    'segmentGather: y [4, 3] does not have one row for each of the 2 segments of ptr [3]; ' +
      'make them as many.',
  );
  expect(() => build.segmentIds(pointers, -1)).toThrow(
    new ArgumentError('segmentIds: size is -1; use an integer ≥ 0.'),
  );
});
