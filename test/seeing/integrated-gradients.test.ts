// covers: src/seeing/gauss-legendre.ts
import { describe, expect, test } from 'vitest';
import { Linear, Sequential, Tanh } from '../../src/nn/index.js';
import { gaussLegendre } from '../../src/seeing/gauss-legendre.js';
import { integratedGradients } from '../../src/seeing/index.js';
import { unpack } from '../nn/check.js';
import { expectClose, i32, sample } from '../tensor/check.js';
import { expectGolden, goldenNet, goldens } from './net.js';

const { net: want } = goldens;
const x = unpack(want.x, 'f64');
const target = unpack(want.target, 'f64');

describe('gaussLegendre', () => {
  test.each([1, 2, 5, 20, 64])('%d points integrate all powers up to 2n - 1', (n) => {
    const { points, weights } = gaussLegendre(n);
    for (let power = 0; power < 2 * n; power++) {
      const sum = points.reduce((total, p, i) => total + weights[i]! * p ** power, 0);
      expect(sum).toBeCloseTo(1 / (power + 1), 13);
    }
    expect([...points]).toEqual([...points].sort((a, b) => a - b));
  });
  test('n points do not integrate the next power', () => {
    const { points, weights } = gaussLegendre(2);
    const sum = points.reduce((total, p, i) => total + weights[i]! * p ** 4, 0);
    expect(Math.abs(sum - 1 / 5)).toBeGreaterThan(1e-3);
  });
});

describe('integratedGradients', () => {
  test('are those of PyTorch at the points of NumPy', () => {
    const net = goldenNet();
    expectGolden(integratedGradients(net, x, { target, steps: 5 }), want.integrated);
    const baseline = unpack(want.baseline, 'f64');
    const found = integratedGradients(net, x, { target, baseline, steps: 8 });
    expectGolden(found, want.integratedFromBaseline);
    const single = unpack(want.x, 'f32');
    expectGolden(
      integratedGradients(goldenNet('f32'), single, { target, steps: 5 }),
      want.integrated,
      1e-4,
    );
  });
  test('sum to the difference of the scores', () => {
    const model = new Sequential(
      new Linear(4, 6, { dtype: 'f64' }),
      new Tanh(),
      new Linear(6, 3, { dtype: 'f64' }),
    );
    const [y, baseline] = [sample([2, 4]), sample([4], 5)];
    const parts = integratedGradients(model, y, { target: i32([1, 2]), baseline, steps: 30 });
    const [a, b] = model.forward(y).array() as number[][];
    const [c] = model.forward(baseline.unsqueeze(0)).array() as number[][];
    expectClose(parts.sum(1), [a![1]! - c![1]!, b![2]! - c![2]!], 1e-12);
  });
  test('refuse what does not fit', () => {
    const net = goldenNet();
    expect(() => integratedGradients(net, x, { steps: 0 })).toThrow(
      'integratedGradients: steps is 0; use an integer of at least 1.',
    );
    expect(() => integratedGradients(net, x, { baseline: sample([8, 12]) })).toThrow(
      'integratedGradients: baseline is [8, 12], x [3, 2, 8, 12]; give a number',
    );
  });
});
