import { describe, expect, test } from 'vitest';
import { ArgumentError, DTypeError, NumericError } from '../../src/engine/core/errors.js';
import { BatchNorm1d, Dropout, Linear, Sequential, Tanh } from '../../src/nn/index.js';
import {
  defaultGenerator,
  grad,
  gradcheck,
  manualSeed,
  noGrad,
  Parameter,
  randn,
  tensor,
  type GradcheckReport,
  type Tensor,
} from '../../src/tensor/index.js';
import { f64, i32, sample } from './check.js';

const report = (
  f: (...xs: Tensor[]) => Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
): GradcheckReport => gradcheck(f, inputs, { raiseException: false });

describe('right gradients pass', () => {
  test('each result by each number of each input', () => {
    const f = (x: Tensor, w: Tensor): Tensor[] => [x.matmul(w).tanh(), x.exp().sum()];
    const found = gradcheck(f, [sample([2, 3]), sample([3, 2], 2)]);
    // 4 + 1 results, 6 + 6 numbers.
    expect(found).toMatchObject({ passed: true, checked: 60, mismatches: [] });
    expect(found.maxError).toBeGreaterThan(0);
    expect(found.maxError).toBeLessThan(1e-8);
  });
  test('f32 is converted, integers are passed', () => {
    const pick = (x: Tensor, i: Tensor): Tensor => x.mul(x).indexSelect(0, i);
    expect(gradcheck(pick, [tensor([1, 2, 3]), i32([2, 0])]).checked).toBe(6);
  });
  test('the gradient of a gradient', () => {
    const slope = grad((x: Tensor) => x.pow(3).sum());
    expect(gradcheck(slope, f64([1, -2])).passed).toBe(true);
    const wrong = grad((x: Tensor) => x.mul(x).mul(x.detach()).sum());
    expect(report(wrong, f64([1, -2])).passed).toBe(false);
  });
  test('an input without influence', () => {
    expect(gradcheck((x: Tensor, _: Tensor) => x.sin(), [f64([1]), f64([2])]).checked).toBe(2);
  });
  test('parameters, batch normalization and dropout', () => {
    manualSeed(3);
    const dtype = 'f64';
    const model = new Sequential(
      new Linear(3, 4, { dtype }),
      new BatchNorm1d(4, { dtype }),
      new Tanh(),
      new Dropout(0.5),
      new Linear(4, 2, { dtype }),
    );
    const parameters = [...model.parameters()];
    const before = parameters.map((p) => [...p.dataSync()]);
    const state = defaultGenerator.getState();
    const f = (x: Tensor): Tensor => model.forward(x);
    const found = gradcheck(f, sample([5, 3]), { parameters });
    expect(found.passed).toBe(true);
    expect(found.checked).toBe(10 * (15 + 12 + 4 + 4 + 4 + 8 + 2));
    expect(parameters.map((p) => [...p.dataSync()])).toEqual(before);
    expect(parameters.every((p) => p.grad === null)).toBe(true);
    expect(defaultGenerator.getState()).toEqual(state);
  });
});

describe('wrong gradients are named', () => {
  test('with input, element, result and both values', () => {
    const f = (_: Tensor, x: Tensor): Tensor[] => [x.sum(), x.mul(x.detach())];
    const x = f64([
      [1, 2],
      [0, 3],
    ]);
    expect(report(f, [f64([1]), x])).toMatchObject({ passed: false, checked: 25 });
    const { mismatches, maxError } = report(f, [f64([1]), x]);
    // At 0 both are 0.
    expect(mismatches.map((m) => [m.by, m.number, m.index, m.output, m.outputIndex])).toEqual(
      [
        [0, 0],
        [0, 1],
        [1, 1],
      ].map((at) => ['input', 1, at, 1, at]),
    );
    expect(mismatches.map((m) => m.analytic)).toEqual([1, 2, 3]);
    for (const m of mismatches) expect(m.numeric).toBeCloseTo(2 * m.analytic, 6);
    expect(maxError).toBeCloseTo(3, 6);
    expect(() => gradcheck(f, [f64([1]), x])).toThrow(NumericError);
    expect(() => gradcheck(f, [f64([1]), x])).toThrow(
      /^gradcheck: the derivative of result 1 at \[0, 0\] by input 1 at \[0, 0\] is 1 by autograd and (2|1\.99)\S* by central differences, and 2 more of 25 differ; correct/,
    );
  });
  test('of a parameter', () => {
    const p = new Parameter(f64([1, 2]));
    const f = (x: Tensor): Tensor => x.mul(p.detach());
    const found = gradcheck(f, f64([3, 4]), { parameters: [p], raiseException: false });
    expect(found.mismatches.map((m) => [m.by, m.number, m.index, m.analytic])).toEqual([
      ['parameter', 0, [0], 0],
      ['parameter', 0, [1], 0],
    ]);
    expect([...p.dataSync()]).toEqual([1, 2]);
  });
  test('of a function that cuts itself off', () => {
    const cut = (x: Tensor): Tensor => noGrad(() => x.sin());
    expect(report(cut, f64(0)).mismatches).toMatchObject([
      { index: [], outputIndex: [], analytic: 0 },
    ]);
  });
  test('a NaN', () => {
    // ∂√x²/∂x is 0 / 0 at 0.
    const found = report((x: Tensor) => x.mul(x).sqrt(), f64([0]));
    expect(found.passed).toBe(false);
    expect(found.mismatches[0]!.analytic).toBeNaN();
    expect(found.maxError).toBeNaN();
  });
  test('a kink is told from an error', () => {
    const [m] = report((x: Tensor) => x.relu(), f64([0, 1])).mismatches;
    expect(m).toMatchObject({ index: [0], slopes: [0, 1] });
    expect(m!.numeric).toBeCloseTo(0.5, 9);
    expect(() => gradcheck((x) => x.relu(), f64([0, 1]))).toThrow(
      'its slope is 0 to the left and 1 to the right: move the input away',
    );
  });
  test('the tolerances are those of the options', () => {
    const f = (x: Tensor): Tensor => x.add(x.detach().mul(1e-4));
    expect(gradcheck(f, f64([1])).passed).toBe(true);
    expect(() => gradcheck(f, f64([1]), { rtol: 1e-5 })).toThrow(NumericError);
    expect(gradcheck(f, f64([1]), { rtol: 0, atol: 1e-3 }).passed).toBe(true);
    // With a great step, the curvature of a cube is seen.
    expect(() => gradcheck((x) => x.pow(3), f64([0]), { eps: 0.1 })).toThrow(NumericError);
  });
});

describe('bad input', () => {
  const id = (x: Tensor): Tensor => x;
  test.each([
    ['eps is 0', { eps: 0 }],
    ['eps is Infinity', { eps: Infinity }],
    ['atol is -1', { atol: -1 }],
    ['rtol is NaN', { rtol: NaN }],
  ])('%s', (message, options) => {
    expect(() => gradcheck(id, f64([1]), options)).toThrow(ArgumentError);
    expect(() => gradcheck(id, f64([1]), options)).toThrow(message);
  });
  test('nothing to check', () => {
    expect(() => gradcheck(id, i32([1]))).toThrow('there is nothing to check');
    expect(() => gradcheck(id, [])).toThrow(ArgumentError);
    expect(() => gradcheck(() => [], f64([1]))).toThrow('the result has no numbers');
  });
  test('f32 inside', () => {
    expect(() => gradcheck((x) => x.to('f32'), f64([1]))).toThrow(DTypeError);
    expect(() => gradcheck((x) => x.to('f32'), f64([1]))).toThrow('result 0 [1] is f32');
    const parameters = [new Parameter(tensor([1]))];
    expect(() => gradcheck(id, f64([1]), { parameters })).toThrow('parameter 0 [1] is f32');
  });
  test('a function of more than its inputs', () => {
    let calls = 0;
    expect(() => gradcheck((x) => x.add(calls++), f64([1]))).toThrow(
      'gradcheck: called twice with the same inputs, the function gives 1 and 2',
    );
    // Randomness of the default generator is the same at every call.
    expect(gradcheck((x) => x.mul(randn([2], { dtype: 'f64' })), f64([1, 2])).passed).toBe(true);
  });
  test('a result that is not finite', () => {
    expect(() => gradcheck((x) => x.log(), f64([0]))).toThrow('the function gives -Infinity');
  });
});
