import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { tensor } from '../../src/tensor/index.js';
import { checkGradient, checkTwice, f64, sample, values } from '../tensor/check.js';

const CASES: readonly (readonly [nn.UnaryModule, (x: Tensor) => Tensor, string])[] = [
  [new nn.ReLU(), nn.relu, 'ReLU()'],
  [new nn.Sigmoid(), nn.sigmoid, 'Sigmoid()'],
  [new nn.Tanh(), nn.tanh, 'Tanh()'],
  [new nn.LeakyReLU(), nn.leakyRelu, 'LeakyReLU(negativeSlope=0.01)'],
  [
    new nn.LeakyReLU({ negativeSlope: 0.3 }),
    (x) => nn.leakyRelu(x, { negativeSlope: 0.3 }),
    'LeakyReLU(negativeSlope=0.3)',
  ],
  [new nn.GELU(), nn.gelu, "GELU(approximate='none')"],
  [
    new nn.GELU({ approximate: 'tanh' }),
    (x) => nn.gelu(x, { approximate: 'tanh' }),
    "GELU(approximate='tanh')",
  ],
  [new nn.SiLU(), nn.silu, 'SiLU()'],
  [new nn.Softplus(), nn.softplus, 'Softplus(beta=1, threshold=20)'],
  [
    new nn.Softplus({ beta: 2, threshold: 1 }),
    (x) => nn.softplus(x, { beta: 2, threshold: 1 }),
    'Softplus(beta=2, threshold=1)',
  ],
  [new nn.ELU({ alpha: 0.5 }), (x) => nn.elu(x, { alpha: 0.5 }), 'ELU(alpha=0.5)'],
  [new nn.Softmax(), nn.softmax, 'Softmax(axis=-1)'],
  [new nn.LogSoftmax(0), (x) => nn.logSoftmax(x, 0), 'LogSoftmax(axis=0)'],
];

describe('modules do what their functions do', () => {
  test.each(CASES.map((c) => [c[2], ...c] as const))('%s', (_, module, f, text) => {
    const x = sample([2, 5]).mul(4);
    expect(values(module.forward(x))).toEqual(values(f(x)));
    expect(String(module)).toBe(text);
  });
});

describe('gradients, also of the gradient', () => {
  test.each(CASES.map((c) => [c[2], ...c] as const))('%s', (_, module) => {
    // Softplus with a threshold jumps there in its second derivative.
    checkGradient((x) => module.forward(x), [sample([2, 5]).mul(3).add(0.003)]);
    checkTwice((x) => module.forward(x), f64([0.31, -0.42, 0.87, -1.3]));
  });
});

describe('conventions at kinks, limits and in the tails', () => {
  const slopeAt = (f: (x: Tensor) => Tensor, at: number): number => {
    const x = tensor([at], { dtype: 'f64', requiresGrad: true });
    f(x).sum().backward();
    return x.grad!.item();
  };
  test('the derivative at 0', () => {
    expect(slopeAt(nn.relu, 0)).toBe(0);
    expect(slopeAt((x) => nn.leakyRelu(x, { negativeSlope: 0.25 }), 0)).toBe(0.25);
    expect(slopeAt((x) => nn.elu(x, { alpha: 0.5 }), 0)).toBe(0.5);
    expect(slopeAt(nn.softplus, 0)).toBe(0.5);
  });
  test('NaN stays NaN', () => {
    const one = [nn.relu, nn.sigmoid, nn.tanh, nn.leakyRelu, nn.gelu, nn.silu, nn.softplus, nn.elu];
    for (const f of one) expect([f.name, f(tensor([NaN])).item()]).toEqual([f.name, NaN]);
  });
  test('no gradient is NaN at ±1e30', () => {
    const one = [nn.relu, nn.sigmoid, nn.tanh, nn.leakyRelu, nn.gelu, nn.silu, nn.softplus, nn.elu];
    for (const f of one) {
      expect([f.name, slopeAt(f, 1e30)]).not.toContain(NaN);
      expect([f.name, slopeAt(f, -1e30)]).not.toContain(NaN);
    }
  });
});
