import { describe, expect, test } from 'vitest';
import { SGD, clipWeightNorm } from '../../src/optim/index.js';
import { Parameter, compile, ones, tensor } from '../../src/tensor/index.js';
import type { NestedArray } from '../../src/tensor/index.js';
import { expectClose, f64, values } from '../tensor/check.js';
import { golden } from '../nn/check.js';

interface Renormed {
  readonly axis: number;
  readonly normType: number | 'Infinity';
  readonly maxNorm: number;
  readonly before: NestedArray;
  readonly after: NestedArray;
}

const { renorm } = golden<{ readonly renorm: readonly Renormed[] }>('regularization.json');

describe('as renorm of PyTorch', () => {
  test.each(renorm.map((c) => [c.axis, c.normType, c] as const))('axis %d, p %s', (_, __, c) => {
    const w = new Parameter(f64(c.before));
    clipWeightNorm([w], c.maxNorm, { axis: c.axis, normType: Number(c.normType) });
    expectClose(w, c.after, 1e-12);
  });
});

test('after a step, in one program; biases stay, and weights of 0', () => {
  const w = new Parameter(
    tensor([
      [3, 4],
      [0, 0],
      [0.3, 0.4],
    ]),
  );
  const bias = new Parameter(tensor([7, 7, 7]));
  const optimizer = new SGD([w, bias], { lr: 1 });
  const step = compile(() => {
    optimizer.zeroGrad();
    w.sum().mul(0).add(bias.sum()).backward();
    optimizer.step();
    clipWeightNorm([w, bias], 1);
  });
  step();
  expectClose(w, [
    [0.6, 0.8],
    [0, 0],
    [0.3, 0.4],
  ]);
  expect(values(bias)).toEqual([6, 6, 6]);
});

test('what cannot be used is refused', () => {
  const w = new Parameter(ones([2, 2]));
  expect(() => clipWeightNorm([w], 0)).toThrow(
    'clipWeightNorm: maxNorm is 0; use a number above 0',
  );
  expect(() => clipWeightNorm([w], 1, { normType: -1 })).toThrow('normType is -1');
  expect(() => clipWeightNorm([w], 1, { axis: 2 })).toThrow(
    'clipWeightNorm: axis 2 is out of range',
  );
  expect(() => clipWeightNorm([new Parameter(ones([3]))], 1)).toThrow('no parameter has two axes');
});
