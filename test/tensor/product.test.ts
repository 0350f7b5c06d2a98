import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor/index.js';
import { ones, tensor } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, i32, sample, shapes, values } from './check.js';

/** matmul by the definition: everything repeated, then multiplied and summed. */
function slow(x: Tensor, y: Tensor): Tensor {
  const a = x.rank === 1 ? x.unsqueeze(0) : x;
  const b = y.rank === 1 ? y.unsqueeze(1) : y;
  let z = a.unsqueeze(-1).mul(b.unsqueeze(-3)).sum(-2);
  if (x.rank === 1) z = z.squeeze(-2);
  if (y.rank === 1) z = z.squeeze(-1);
  return z;
}

const dim = fc.integer({ min: 1, max: 4 });
/** Outer axes that broadcast with those of the partner, then the inner ones. */
const operands = fc
  .tuple(
    shapes(0, 3),
    fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 3, maxLength: 3 }),
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
    fc.tuple(dim, dim, dim),
    fc.tuple(fc.boolean(), fc.boolean()),
  )
  .map(([outer, ones, [dropX, dropY], [m, k, n], [vectorX, vectorY]]) => {
    const side = (which: 0 | 1, drop: number): number[] =>
      outer.map((d, i) => (ones[i]![which] ? 1 : d)).slice(drop);
    return {
      x: vectorX ? [k] : [...side(0, dropX), m, k],
      y: vectorY ? [k] : [...side(1, dropY), k, n],
    };
  });

describe('matmul', () => {
  test('matrices', () => {
    expectClose(tensor([[1, 2]]).matmul(tensor([[3], [4]])), [[11]]);
    expect(i32([[1, 2]]).matmul(i32([[3], [4]])).dtype).toBe('i32');
    expect(i32([1]).matmul(f64([1])).dtype).toBe('f64');
    expectClose(ones([2, 0]).matmul(ones([0, 3])), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
  test('agrees with its definition on all shapes that fit', () => {
    fc.assert(
      fc.property(operands, ({ x, y }) => {
        const [a, b] = [sample(x, 1), sample(y, 2)];
        const fast = a.matmul(b);
        const expected = slow(a, b);
        expect(fast.shape).toEqual(expected.shape);
        expectClose(fast, expected.array(), 1e-12);
      }),
      { numRuns: 300 },
    );
  });
  test('gradients', () => {
    fc.assert(
      fc.property(operands, ({ x, y }) => {
        checkGradient((a, b) => a.matmul(b), [sample(x, 1), sample(y, 2)]);
      }),
      { numRuns: 30 },
    );
  });
  test('misfits are named, with the remedy', () => {
    expect(() => ones([8, 3]).matmul(ones([4, 3]))).toThrow(
      'matmul: x [8, 3] has 3 columns and y [4, 3] has 4 rows; use y.mT to multiply',
    );
    expect(() => ones([8, 3]).matmul(ones([4]))).toThrow('make them equal');
    expect(() => ones([]).matmul(ones([4]))).toThrow('a scalar has no axis to sum over; use mul()');
    expect(() => ones([2, 1, 3]).matmul(ones([3, 3, 1]))).toThrow('do not broadcast');
  });
});

test('dot and outer', () => {
  expect(
    tensor([1, 2])
      .dot(tensor([3, 4]))
      .item(),
  ).toBe(11);
  expect(
    tensor([1, 2])
      .outer(i32([3, 4, 5]))
      .array(),
  ).toEqual([
    [3, 4, 5],
    [6, 8, 10],
  ]);
  expect(() => ones([2, 2]).dot(ones([2]))).toThrow('dot: takes two vectors, not [2, 2] and [2]');
  checkGradient((a, b) => a.outer(b), [sample([2]), sample([3], 2)]);
  expect(values(ones([2]).outer(ones([0])))).toEqual([]);
});
