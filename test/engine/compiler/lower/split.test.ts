import { expect, it } from 'vitest';
import {
  dimension,
  add,
  fixed,
  scale,
  shift,
} from '../../../../src/engine/compiler/kernel/affine.js';
import { choose, constantOf } from '../../../../src/engine/compiler/kernel/expr.js';
import type { Affine, KernelExpr } from '../../../../src/engine/compiler/kernel/types.js';
import { splitLoop } from '../../../../src/engine/compiler/lower/split.js';

const loop = { dim: 0, extent: 20, mask: 1 };
const i = dimension(0, 20);

function when(index: Affine, low: number, high: number): KernelExpr {
  return choose([{ index, low, high }], constantOf('f32', 1), constantOf('f32', 0));
}

function parts(...exprs: KernelExpr[]): unknown[] {
  return splitLoop(loop, exprs).map(({ start, end, facts }) => [start, end, ...facts.values()]);
}

it('splits a loop at the ends of what is padded', () => {
  expect(parts(when(shift(i, -3), 0, 10))).toEqual([
    [0, 3, false],
    [3, 13, true],
    [13, 20, false],
  ]);
});

it('knows steps of more than one, and backwards', () => {
  expect(parts(when(scale(i, 3), 4, 10))).toEqual([
    [0, 2, false],
    [2, 4, true],
    [4, 20, false],
  ]);
  // 19 - i in 0…4, hence i in 16…19.
  expect(parts(when(add(fixed(19), scale(i, -1)), 0, 4))).toEqual([
    [0, 16, false],
    [16, 20, true],
  ]);
});

it('leaves alone what other loops decide as well, and what would be too many parts', () => {
  expect(parts(when(add(i, dimension(1, 4)), 0, 10))).toEqual([[0, 20]]);
  const many = Array.from({ length: 9 }, (_, n) => when(shift(i, -2 * n), 0, 1));
  expect(parts(...many)).toEqual([[0, 20]]);
});
