import { expect, test } from 'vitest';
import type { DType } from '../../../src/engine/core/dtype.js';
import { DTypeError } from '../../../src/engine/core/errors.js';
import { gradients } from '../../../src/engine/autograd/gradients.js';
import { interpret } from '../../../src/engine/backends/interpreter/interpret.js';
import type { UnaryOp } from '../../../src/engine/graph/node.js';
import { UNARY, build } from '../../../src/engine/ops/index.js';
import { run, values } from './run.js';

function apply(op: UnaryOp, dtype: DType, data: number[]): number[] {
  return [...run(op, [values(dtype, data)], {}).data];
}

/** The gradient of Σ f(x) in f64. */
function slope(op: UnaryOp, data: number[]): number[] {
  const x = build.leaf({ kind: 'input' }, [data.length], 'f64');
  const [g] = gradients(build, [build.unary(op, x)], [build.like(x, 1)], [x]);
  return [...interpret([g!], () => values('f64', data))[0]!.data];
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test.each<[UnaryOp, number[], number[]]>([
  ['sign', [-3, -0, 0, 2, nan], [-1, 0, 0, 1, 0]],
  ['abs', [-3, -0, nan, -inf], [3, 0, nan, inf]],
  ['relu', [-1, 0, 2, nan, -inf, inf], [0, 0, 2, nan, 0, inf]],
  ['floor', [-1.5, 1.5, -0.25], [-2, 1, -1]],
  ['ceil', [-1.5, 1.5, 0.25], [-1, 2, 1]],
  ['round', [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.75, 1e300], [0, 2, 2, -0, -2, -2, 1, 1e300]],
  ['log', [0, -1, 1, inf], [-inf, nan, 0, inf]],
  ['log1p', [-1, -2, 1e-20, 0], [-inf, nan, 1e-20, 0]],
  ['expm1', [-inf, 1e-20, 0], [-1, 1e-20, 0]],
  ['sqrt', [0, -1, 4, inf], [0, nan, 2, inf]],
  ['rsqrt', [0, -1, 4, inf], [inf, nan, 0.5, 0]],
  ['reciprocal', [0, -0, -4, inf], [inf, -inf, -0.25, 0]],
  ['sigmoid', [-800, -inf, 0, 800, nan], [0, 0, 0.5, 1, nan]],
  ['tanh', [-inf, 0, 1000], [-1, 0, 1]],
  ['erf', [-inf, -0, inf, nan], [-1, -0, 1, nan]],
])('%s at its special points', (op, x, y) => {
  expect(apply(op, 'f64', x)).toEqual(y);
});

test('integers wrap', () => {
  expect(apply('neg', 'i32', [1, -2147483648])).toEqual([-1, -2147483648]);
  expect(apply('neg', 'u8', [0, 1, 255])).toEqual([0, 255, 1]);
  expect(apply('abs', 'i32', [-7, -2147483648])).toEqual([7, -2147483648]);
  expect(apply('sign', 'u8', [0, 200])).toEqual([0, 1]);
  expect(apply('sign', 'i32', [-9, 0, 9])).toEqual([-1, 0, 1]);
});

test('not is logical for bool and bitwise for integers', () => {
  expect(apply('not', 'bool', [0, 1])).toEqual([1, 0]);
  expect(apply('not', 'i32', [0, 5])).toEqual([-1, -6]);
  expect(apply('not', 'u8', [0, 5])).toEqual([255, 250]);
});

test('gradients at kinks follow PyTorch', () => {
  expect(slope('relu', [-1, 0, 1])).toEqual([0, 0, 1]);
  expect(slope('abs', [-2, 0, 2])).toEqual([-1, 0, 1]);
  expect(slope('sqrt', [0, 4])).toEqual([inf, 0.25]);
});

test('f32 results are rounded once', () => {
  expect(apply('exp', 'f32', [1])).toEqual([Math.fround(Math.E)]);
});

test('dtypes that do not fit', () => {
  const x = build.leaf({ kind: 'input' }, [2, 3], 'i32');
  expect(() => build.unary('exp', x)).toThrow(DTypeError);
  expect(() => build.unary('exp', x)).toThrow(
    'exp: operand of shape [2, 3] is i32, which exp does not take; use one of f32, f64.',
  );
  const flag = build.leaf({ kind: 'input' }, [], 'bool');
  expect(() => build.neg(flag)).toThrow('use one of f32, f64, i32, u8.');
  expect(UNARY.not.dtypes).toEqual(['i32', 'u8', 'bool']);
});
