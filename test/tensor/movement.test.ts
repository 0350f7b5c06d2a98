import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import { arange, grad, ones, zeros } from '../../src/tensor/index.js';
import { checkGradient, i32, sample, shapes, values } from './check.js';

const M = arange(6).reshape([2, 3]);

describe('shapes', () => {
  test('reshape completes one extent', () => {
    expect(M.reshape([3, -1]).array()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(M.reshape([-1]).shape).toEqual([6]);
    for (const shape of [[4, -1], [-1, -1], [5], [-2, 3], [0, -1]]) {
      expect(() => M.reshape(shape)).toThrow(/^reshape: \[2, 3\] has 6 elements and does not fit/);
    }
  });
  test('flatten, squeeze, unsqueeze', () => {
    const x = ones([2, 1, 3, 1]);
    expect(x.flatten().shape).toEqual([6]);
    expect(x.flatten(1).shape).toEqual([2, 3]);
    expect(x.flatten(0, 1).shape).toEqual([2, 3, 1]);
    expect(ones([]).flatten().shape).toEqual([1]);
    expect(x.squeeze().shape).toEqual([2, 3]);
    expect(x.squeeze(1).shape).toEqual([2, 3, 1]);
    expect(x.squeeze(0).shape).toEqual([2, 1, 3, 1]);
    expect(x.squeeze([1, -1]).shape).toEqual([2, 3]);
    expect(M.unsqueeze(-1).shape).toEqual([2, 3, 1]);
    expect(M.unsqueeze(0).shape).toEqual([1, 2, 3]);
    expect(() => M.unsqueeze(4)).toThrow('unsqueeze: axis 4');
  });
  test('transposition', () => {
    expect(M.T.array()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(values(M.transpose(0, -1))).toEqual(values(M.T));
    const x = sample([2, 3, 4]);
    expect(x.mT.shape).toEqual([2, 4, 3]);
    expect(x.permute([2, 0, 1]).at(1, 0, 2).item()).toBe(x.at(0, 2, 1).item());
    expect(() => x.T).toThrow('use mT for its last two');
    expect(() => ones([2]).mT).toThrow('mT: a tensor [2] has no last two axes');
    expect(() => x.permute([0, 0, 1])).toThrow('permute: axes [0, 0, 1] do not name each');
  });
  test('repetition', () => {
    expect(i32([1, 2]).expand([3, -1]).shape).toEqual([3, 2]);
    expect(i32([1, 2]).repeat([2, 2]).array()).toEqual([
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ]);
    expect(M.tile([2]).shape).toEqual([2, 6]);
    expect(() => M.repeat([2])).toThrow('repeat: 1 counts for a tensor [2, 3]');
    expect(() => M.broadcastTo([3, 3])).toThrow('shape [2, 3] does not repeat to [3, 3]');
  });
});

describe('parts', () => {
  test('slice follows Python', () => {
    const list = Array.from({ length: 7 }, (_, i) => i);
    const bound = fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined });
    const step = fc.integer({ min: -3, max: 3 }).filter((s) => s !== 0);
    fc.assert(
      fc.property(bound, bound, step, (start, stop, by) => {
        expect(values(arange(7).slice(0, start, stop, by))).toEqual(python(list, start, stop, by));
      }),
      { numRuns: 500 },
    );
    expect(() => arange(3).slice(0, 0, 1, 0)).toThrow('slice: step is 0');
  });
  test('narrow, split, chunk, unbind', () => {
    expect(M.narrow(1, -2, 2).array()).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(() => M.narrow(1, 2, 2)).toThrow('2 elements from 2 do not lie within axis 1');
    expect(
      arange(5)
        .split(2)
        .map((t) => t.array()),
    ).toEqual([[0, 1], [2, 3], [4]]);
    expect(M.split([1, 2], 1).map((t) => t.shape)).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(() => M.split([1, 1], 1)).toThrow(
      'sizes [1, 1] add up to 2, and axis 1 of [2, 3] has 3',
    );
    expect(
      arange(7)
        .chunk(3)
        .map((t) => t.size),
    ).toEqual([3, 3, 1]);
    expect(M.unbind(1).map((t) => t.array())).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });
  test('pad, flip, roll', () => {
    expect(
      i32([1, 2])
        .pad([[1, 2]], { value: 9 })
        .array(),
    ).toEqual([9, 1, 2, 9, 9]);
    expect(M.pad([[0, -1]]).array()).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(M.flip(1).array()).toEqual([
      [2, 1, 0],
      [5, 4, 3],
    ]);
    expect(arange(5).roll(2, 0).array()).toEqual([3, 4, 0, 1, 2]);
    expect(arange(5).roll(-6, 0).array()).toEqual([1, 2, 3, 4, 0]);
  });
  test('triangles and diagonals', () => {
    const square = arange(9).reshape([3, 3]);
    expect(square.tril().array()).toEqual([
      [0, 0, 0],
      [3, 4, 0],
      [6, 7, 8],
    ]);
    expect(square.triu(1).array()).toEqual([
      [0, 1, 2],
      [0, 0, 5],
      [0, 0, 0],
    ]);
    expect(square.diagonal().array()).toEqual([0, 4, 8]);
    expect(square.diagonal(1).array()).toEqual([1, 5]);
    expect(square.diagonal(-2).array()).toEqual([6]);
    expect(square.diagonal(3).array()).toEqual([]);
    expect(arange(24).reshape([2, 3, 4]).diagonal(1).array()).toEqual([
      [1, 6, 11],
      [13, 18, 23],
    ]);
    expect(() => arange(3).tril()).toThrow('tril: a tensor [3] is no matrix');
  });
});

describe('laws', () => {
  test('the gradient of any movement is its transpose', () => {
    fc.assert(
      fc.property(shapes(2, 3), (shape) => {
        const x = sample(shape);
        checkGradient((t) => t.transpose(0, 1).flatten().mul(2), [x]);
        checkGradient((t) => t.slice(-1, undefined, undefined, -2).pad([[1, 0]]), [x]);
        checkGradient((t) => t.repeat([2, ...shape.map(() => 1)]).tril(), [x]);
        checkGradient((t) => t.roll(1, 0).diagonal(0), [x]);
      }),
      { numRuns: 15 },
    );
  });

  test('unfolds an axis into windows, which share what they overlap in', () => {
    expect(arange(5).unfold(0, 3, 1).array()).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ]);
    expect(zeros([2, 7]).unfold(-1, 2, 3).shape).toEqual([2, 2, 2]);
    const slope = grad((x: Tensor) => x.unfold(0, 3, 1).sum());
    expect(values(slope(zeros([5])))).toEqual([1, 2, 3, 2, 1]);
    checkGradient((x) => x.unfold(1, 2, 2).pow(3), [sample([3, 5])]);
    expect(() => zeros([3]).unfold(0, 4, 1)).toThrow('no window of 4 fits axis 0');
    expect(() => zeros([3]).unfold(0, 2, 0)).toThrow('stride is 0');
  });
});

/** list[start:stop:step] as Python defines it. */
function python(
  list: readonly number[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): number[] {
  const n = list.length;
  const fix = (v: number, low: number, high: number): number =>
    Math.min(Math.max(v < 0 ? v + n : v, low), high);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const from = start === undefined ? (step > 0 ? 0 : n - 1) : fix(start, low, high);
  const to = stop === undefined ? (step > 0 ? n : -1) : fix(stop, low, high);
  const out: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(list[i]!);
  return out;
}
