import { describe, expect, test } from 'vitest';
import { elasticNetPenalty, l1Penalty, l2Penalty } from '../../../src/nn/index.js';
import { SGD } from '../../../src/optim/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { Parameter, compile, grad, tensor } from '../../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from '../../tensor/check.js';
import { golden } from '../check.js';

interface Fitted {
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly x: number[][];
  readonly y: number[];
  readonly coef: number[];
}

const { elasticNet } = golden<{ readonly elasticNet: readonly Fitted[] }>('regularization.json');

test('values', () => {
  const params = [f64([[1, -2]]), f64([3, 0])];
  expect(l1Penalty(params).item()).toBe(6);
  expect(l2Penalty(params).item()).toBe(7);
  expect(elasticNetPenalty(params).item()).toBe(6.5);
  expect(elasticNetPenalty(params, { l1Ratio: 1 }).item()).toBe(6);
  expect(elasticNetPenalty(params, { l1Ratio: 0 }).item()).toBe(7);
});

test('gradients, which at 0 are 0', () => {
  const inputs = [sample([2, 3]), sample([4], 2)];
  checkGradient((a, b) => l1Penalty([a, b]), inputs);
  checkGradient((a, b) => l2Penalty([a, b]), inputs);
  checkGradient((a, b) => elasticNetPenalty([a, b], { l1Ratio: 0.3 }), inputs);
  checkTwice((a) => elasticNetPenalty([a], { l1Ratio: 0.3 }), sample([3]));
  for (const penalty of [l1Penalty, elasticNetPenalty]) {
    expect(values(grad((w: Tensor) => penalty([w]))(f64([0])))).toEqual([0]);
  }
});

describe('the minimum that scikit-learn finds is one', () => {
  test.each(elasticNet.map((c) => [c.l1Ratio, c] as const))('l1Ratio %d', (_, c) => {
    const [x, y, w] = [f64(c.x), f64(c.y), f64(c.coef)];
    const smooth = (v: Tensor): Tensor => x.matmul(v).sub(y).pow(2).mean().div(2);
    const whole = (v: Tensor): Tensor =>
      smooth(v).add(elasticNetPenalty([v], { l1Ratio: c.l1Ratio }).mul(c.alpha));
    // At a coefficient of 0 the slope of |w| is anything from -1 to 1, elsewhere its sign.
    values(grad(whole)(w)).forEach((slope, i) => {
      if (c.coef[i] === 0) expect(Math.abs(slope)).toBeLessThan(c.alpha * c.l1Ratio);
      else expect(Math.abs(slope)).toBeLessThan(1e-7);
    });
    expect(c.coef).toContain(0);
  });
});

test('λ times the L2 penalty does what weight decay does', () => {
  const data = sample([5, 3]);
  const trained = (weightDecay: number, lambda: number): number[] => {
    const w = new Parameter(sample([3], 4));
    const optimizer = new SGD([w], { lr: 0.1, momentum: 0.9, weightDecay });
    const step = compile(() => {
      optimizer.zeroGrad();
      data
        .matmul(w)
        .pow(2)
        .mean()
        .add(l2Penalty([w]).mul(lambda))
        .backward();
      optimizer.step();
    });
    for (let t = 0; t < 10; t++) step();
    return values(w);
  };
  expectClose(f64(trained(0.2, 0)), trained(0, 0.2), 1e-12);
});

test('what cannot be used is refused', () => {
  expect(() => l1Penalty([])).toThrow('l1Penalty: no parameters are given');
  expect(() => elasticNetPenalty([tensor([1])], { l1Ratio: 1.2 })).toThrow('l1Ratio is 1.2; use');
});
