import { expect, test } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTypeError, ShapeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { BinaryOp, GraphNode } from '../../../src/engine/graph/node.js';
import { build } from '../../../src/engine/ops/index.js';
import { run, values } from './run.js';

function apply(op: BinaryOp, dtype: DType, x: number[], y: number[]): number[] {
  return [...run(op, [values(dtype, x), values(dtype, y)], {}).data];
}

/** Gradients of Σ f(x, y) with respect to x and y, and the mixed and pure second ones. */
function slopes(op: BinaryOp, x: number[], y: number[]) {
  const [a, c] = [0, 1].map(() => build.leaf({ kind: 'input' }, [x.length], 'f64'));
  const one = build.like(a!, 1);
  const first = gradients(build, [build.binary(op, a!, c!)], [one], [a!, c!]);
  const second = first.flatMap((g) => gradients(build, [g!], [one], [a!, c!]));
  const evaluate = (g: GraphNode | null): number[] | null =>
    g && [...interpret([g], (leaf) => values('f64', leaf === a ? x : y))[0]!.data];
  return { first: first.map(evaluate), second: second.map(evaluate) };
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const [MIN, MAX] = [-2147483648, 2147483647];

test.each<[BinaryOp, DType, number[], number[], number[]]>([
  ['add', 'i32', [MAX, 1], [1, 2], [MIN, 3]],
  ['add', 'u8', [250, 1], [10, 2], [4, 3]],
  ['sub', 'i32', [MIN], [1], [MAX]],
  ['sub', 'u8', [1], [2], [255]],
  ['mul', 'i32', [MAX, 123456789, -3], [MAX, 987654321, 7], [1, -67153019, -21]],
  ['mul', 'u8', [200], [3], [88]],
  ['div', 'i32', [7, -7, 7, -7, 5, MIN], [2, 2, -2, -2, 0, -1], [3, -3, -3, 3, 0, MIN]],
  ['div', 'u8', [200, 7], [3, 0], [66, 0]],
  ['div', 'f64', [1, -1, 0], [0, 0, 0], [inf, -inf, nan]],
  ['mod', 'i32', [7, -7, 7, -7, 5, MIN], [3, 3, -3, -3, 0, -1], [1, 2, -2, -1, 0, 0]],
  ['mod', 'u8', [200, 7], [7, 0], [4, 0]],
  ['mod', 'f64', [5.5, -5.5, 5.5, 1], [2, 2, -2, 0], [1.5, 0.5, -0.5, nan]],
  ['pow', 'f64', [0, 0, -2, nan, 1, -8], [0, -1, 3, 0, nan, 0.5], [1, inf, -8, 1, 1, nan]],
  ['max', 'f64', [1, nan, 2, -inf], [2, 1, nan, -inf], [2, nan, nan, -inf]],
  ['min', 'f64', [1, nan, 2, inf], [2, 1, nan, inf], [1, nan, nan, inf]],
  ['max', 'i32', [MIN, 3], [-1, 2], [-1, 3]],
  ['min', 'u8', [200, 3], [100, 4], [100, 3]],
  ['and', 'bool', [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]],
  ['or', 'bool', [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1]],
  ['xor', 'bool', [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]],
  ['and', 'i32', [-1, 12], [255, 10], [255, 8]],
  ['or', 'u8', [129], [6], [135]],
  ['xor', 'i32', [-1, 12], [255, 10], [-256, 6]],
  ['shiftLeft', 'i32', [1, 3, 1], [31, 4, 33], [MIN, 48, 2]],
  ['shiftRight', 'i32', [-1, -1, 48, -1], [1, 31, 4, 32], [MAX, 1, 3, -1]],
])('%s in %s', (op, dtype, x, y, z) => {
  expect(apply(op, dtype, x, y)).toEqual(z);
});

test('max and min halve the gradient at a tie', () => {
  expect(slopes('max', [1, 2, 3], [2, 2, 2]).first).toEqual([
    [0, 0.5, 1],
    [1, 0.5, 0],
  ]);
  expect(slopes('min', [1, 2, 3], [2, 2, 2]).first).toEqual([
    [1, 0.5, 0],
    [0, 0.5, 1],
  ]);
});

test('mod: the gradient in the divisor is minus the floored quotient', () => {
  expect(slopes('mod', [5.5, -5.5], [2, 2]).first).toEqual([
    [1, 1],
    [-2, 3],
  ]);
});

test('pow: gradients at a base of zero and an exponent of zero', () => {
  // x^0, 0^0, 0^2, 0^1, 0^3: d/dx = 0, 0, 0, 1, 0 and d/dy = ln x, then 0.
  const { first, second } = slopes('pow', [Math.E, 0, 0, 0, 0], [0, 0, 2, 1, 3]);
  expect(first[0]).toEqual([0, 0, 0, 1, 0]);
  expect(first[1]).toEqual([1, 0, 0, 0, 0]);
  // d²/dx² = y (y - 1) x^(y - 2).
  [0, 0, 2, 0, 0].forEach((v, i) => expect(second[0]![i]).toBeCloseTo(v, 12));
  for (const list of second) for (const v of list!) expect(v).not.toBeNaN();
});

test('pow: a constant exponent needs no guard, and keeps its second derivative at 0', () => {
  const x = build.leaf({ kind: 'input' }, [2], 'f64');
  const one = build.like(x, 1);
  const square = build.binary('pow', x, build.like(x, 2));
  const [first] = gradients(build, [square], [one], [x]);
  const [second] = gradients(build, [first!], [one], [x]);
  const [g, h] = interpret([first!, second!], () => values('f64', [0, 3]));
  expect([...g!.data]).toEqual([0, 6]);
  expect([...h!.data]).toEqual([2, 2]);
  const flat = build.binary('pow', x, build.like(x, 0));
  const [zero] = gradients(build, [flat], [one], [x]);
  expect([...interpret([zero!], () => values('f64', [0, 3]))[0]!.data]).toEqual([0, 0]);
});

test('operands that do not fit', () => {
  const leaf = (shape: number[], dtype: DType) => build.leaf({ kind: 'input' }, shape, dtype);
  expect(() => build.add(leaf([2, 3], 'f32'), leaf([3], 'f32'))).toThrow(
    new ShapeError('add: operands have shapes [2, 3] and [3]; broadcast them to one shape.'),
  );
  expect(() => build.mul(leaf([2], 'f32'), leaf([2], 'f64'))).toThrow(
    new DTypeError('mul: operands are f32 and f64; cast them to one dtype.'),
  );
  expect(() => build.binary('shiftLeft', leaf([2], 'u8'), leaf([2], 'u8'))).toThrow(
    new DTypeError(
      'shiftLeft: operand of shape [2] is u8, which shiftLeft does not take; cast to i32.',
    ),
  );
  expect(() => build.binary('and', leaf([2], 'f32'), leaf([2], 'f32'))).toThrow(DTypeError);
  expect(() => build.binary('pow', leaf([2], 'i32'), leaf([2], 'i32'))).toThrow(DTypeError);
  expect(() => build.add(leaf([2], 'bool'), leaf([2], 'bool'))).toThrow(DTypeError);
});
