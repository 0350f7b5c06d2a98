import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Parameter, arange, compile, ones, tensor, zeros } from '../../src/tensor/index.js';
import { f64 } from './check.js';

test('small tensors', () => {
  expect(
    String(
      tensor([
        [1.5, -2],
        [3, 40],
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "tensor([[ 1.5000, -2.0000],
            [ 3.0000, 40.0000]], shape=[2, 2], dtype=f32)"
  `);
  expect(String(tensor([1, 2, 30]))).toMatchInlineSnapshot(
    `"tensor([ 1.,  2., 30.], shape=[3], dtype=f32)"`,
  );
  expect(String(arange(4).reshape([2, 1, 2]))).toMatchInlineSnapshot(`
    "tensor([[[0, 1]],

            [[2, 3]]], shape=[2, 1, 2], dtype=i32)"
  `);
  expect(String(tensor([[true], [false]]))).toMatchInlineSnapshot(`
    "tensor([[ true],
            [false]], shape=[2, 1], dtype=bool)"
  `);
  expect(String(tensor(0.25))).toMatchInlineSnapshot(`"tensor(0.2500, shape=[], dtype=f32)"`);
  expect(String(zeros([0, 3]))).toMatchInlineSnapshot(`"tensor([], shape=[0, 3], dtype=f32)"`);
});

test('extreme numbers', () => {
  expect(String(tensor([NaN, Infinity, -Infinity, -0.5]))).toMatchInlineSnapshot(
    `"tensor([    nan,     inf,    -inf, -0.5000], shape=[4], dtype=f32)"`,
  );
  expect(String(f64([1e-7, 1, 1e5]))).toMatchInlineSnapshot(
    `"tensor([1.0000e-07, 1.0000e+00, 1.0000e+05], shape=[3], dtype=f64)"`,
  );
  expect(String(tensor([1e10, -1]))).toMatchInlineSnapshot(
    `"tensor([ 1.0000e+10, -1.0000e+00], shape=[2], dtype=f32)"`,
  );
  expect(String(f64([1e100, 1.5e-100]))).toMatchInlineSnapshot(
    `"tensor([1.0000e+100, 1.5000e-100], shape=[2], dtype=f64)"`,
  );
});

test('long rows break, and large tensors show their edges', () => {
  expect(String(arange(60))).toMatchInlineSnapshot(`
    "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
            20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
            40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59],
           shape=[60], dtype=i32)"
  `);
  expect(String(arange(2000))).toMatchInlineSnapshot(
    `"tensor([   0,    1,    2, ..., 1997, 1998, 1999], shape=[2000], dtype=i32)"`,
  );
  expect(String(arange(1200).reshape([3, 400]).float().div(7))).toMatchInlineSnapshot(`
    "tensor([[0.0000e+00, 1.4286e-01, 2.8571e-01, ..., 5.6714e+01, 5.6857e+01,
             5.7000e+01],
            [5.7143e+01, 5.7286e+01, 5.7429e+01, ..., 1.1386e+02, 1.1400e+02,
             1.1414e+02],
            [1.1429e+02, 1.1443e+02, 1.1457e+02, ..., 1.7100e+02, 1.7114e+02,
             1.7129e+02]], shape=[3, 400], dtype=f32)"
  `);
  expect(String(arange(1400).reshape([7, 200]).at('...', { stop: 200 }))).toContain('...');
});

test('console.log prints the values', () => {
  expect(inspect(tensor([1]))).toBe('tensor([1.], shape=[1], dtype=f32)');
  expect(inspect({ x: tensor([1]) })).toContain('tensor([1.]');
});

test('inside a compiled function there are none', () => {
  const p = new Parameter(ones([2]));
  let seen: string[] = [];
  compile((x: ReturnType<typeof ones>) => {
    seen = [String(x.add(1)), String(p)];
    return x;
  })(ones([2, 3]));
  expect(seen).toEqual([
    'tensor(traced, shape=[2, 3], dtype=f32)',
    'tensor(traced, shape=[2], dtype=f32)',
  ]);
});
