// covers: src/nn/rectifiers.ts, src/nn/exponential-units.ts, src/nn/smooth-rectifiers.ts
// covers: src/nn/sigmoids.ts, src/nn/hard-activations.ts, src/nn/axis-activations.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Generator, ones, randn, tensor, zeros } from '../../src/tensor/index.js';
import { checkGradient, checkTwice, expectClose, f64, sample, values } from '../tensor/check.js';

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
  [new nn.ReLU6(), nn.relu6, 'ReLU6()'],
  [new nn.SELU(), nn.selu, 'SELU()'],
  [new nn.CELU({ alpha: 2 }), (x) => nn.celu(x, { alpha: 2 }), 'CELU(alpha=2)'],
  [new nn.Mish(), nn.mish, 'Mish()'],
  [new nn.LogSigmoid(), nn.logSigmoid, 'LogSigmoid()'],
  [new nn.Softsign(), nn.softsign, 'Softsign()'],
  [
    new nn.Hardtanh({ minVal: -2 }),
    (x) => nn.hardtanh(x, { minVal: -2 }),
    'Hardtanh(minVal=-2, maxVal=1)',
  ],
  [new nn.Hardsigmoid(), nn.hardsigmoid, 'Hardsigmoid()'],
  [new nn.Hardswish(), nn.hardswish, 'Hardswish()'],
  [
    new nn.Softshrink({ lambd: 0.2 }),
    (x) => nn.softshrink(x, { lambd: 0.2 }),
    'Softshrink(lambd=0.2)',
  ],
  [new nn.Hardshrink(), nn.hardshrink, 'Hardshrink(lambd=0.5)'],
  [new nn.GLU(0), (x) => nn.glu(x, 0), 'GLU(axis=0)'],
  [new nn.Maxout(2, 0), (x) => nn.maxout(x, 2, 0), 'Maxout(pieces=2, axis=0)'],
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
  test('the gradient is shared where several pieces of maxout are the largest', () => {
    const x = tensor([[2, 2, 1, 5]], { requiresGrad: true });
    nn.maxout(x, 2).sum().backward();
    expect(values(x.grad!)).toEqual([0.5, 0.5, 0, 1]);
  });

  const elementwise = [
    [nn.relu, nn.relu6, nn.leakyRelu, nn.elu, nn.selu, nn.celu, nn.gelu, nn.silu, nn.mish],
    [nn.softplus, nn.sigmoid, nn.logSigmoid, nn.tanh, nn.softsign],
    [nn.hardtanh, nn.hardsigmoid, nn.hardswish, nn.softshrink, nn.hardshrink],
  ].flat();
  test.each(elementwise.map((f) => [f.name, f] as const))('%s far from 0 and at NaN', (_, f) => {
    expect(f(tensor([NaN])).item()).toBeNaN();
    expect(
      f(tensor([NaN, 0, 1]))
        .at(1)
        .item(),
    ).toBe(f(tensor([0])).item());
    for (const far of [1e4, -1e4, 1e30, -1e30]) expect([far, slopeAt(f, far)]).not.toContain(NaN);
  });
  test('a slope that is nearly 0 is right, not only small', () => {
    for (const x of [1e3, -1e8]) expect(slopeAt(nn.softsign, x) * x * x).toBeCloseTo(1, 2);
    expect(slopeAt(nn.logSigmoid, 40) * Math.exp(40)).toBeCloseTo(1, 12);
    expect(slopeAt(nn.mish, -40) * Math.exp(40)).toBeCloseTo(-39, 9);
  });
});

describe('prelu', () => {
  test('gradients by input and slopes', () => {
    for (const [shape, slopes] of [
      [[2, 3], 1],
      [[2, 3], 3],
      [[2, 3, 2, 2], 3],
      [[4], 1],
    ] as const) {
      checkGradient(nn.prelu, [sample([...shape]), sample([slopes], 3)]);
    }
  });
  test('the module has one slope or one for each channel, named as in PyTorch', () => {
    const layer = new nn.PReLU({ numParameters: 3, init: 0.5, dtype: 'f64' });
    expect([...layer.namedParameters()].map(([name, p]) => [name, p.shape])).toEqual([
      ['weight', [3]],
    ]);
    expectClose(layer.forward(f64([[-2, 4, -6]])), [[-1, 4, -3]]);
    expect(values(new nn.PReLU().weight)).toEqual([0.25]);
    expect(String(layer)).toContain('PReLU(numParameters=3)');
  });
  test('what does not fit is told', () => {
    expect(() => new nn.PReLU({ numParameters: 0 })).toThrow('PReLU: numParameters is 0; use an');
    expect(() => nn.prelu(ones([2, 4]), ones([3]))).toThrow(
      'prelu: weight is [3], input is [2, 4]; give a weight [1], or [C] for an input [N, C, …].',
    );
    expect(() => nn.prelu(ones([3]), ones([3]))).toThrow('prelu: weight is [3], input is [3]');
    expect(() => nn.prelu(ones([3]), ones([1, 1]))).toThrow('prelu: weight is [1, 1]');
    expect(() => nn.prelu(f64([1]), ones([1]))).toThrow('prelu: input is f64, weight is f32');
  });
});

test('selu keeps mean 0 and variance 1 through twenty layers', () => {
  const generator = new Generator(1);
  let x = randn([64, 256], { dtype: 'f64', generator });
  for (let i = 0; i < 20; i++) {
    const weight = randn([256, 256], { dtype: 'f64', generator }).div(16); // variance 1 / 256
    x = nn.selu(x.matmul(weight));
  }
  expect(Math.abs(x.mean().item())).toBeLessThan(0.1);
  expect(x.variance().item()).toBeGreaterThan(0.8);
  expect(x.variance().item()).toBeLessThan(1.2);
});

test('shapes without elements, and integers', () => {
  expect(nn.glu(zeros([2, 0])).shape).toEqual([2, 0]);
  expect(nn.maxout(zeros([0, 4]), 2).shape).toEqual([0, 2]);
  const whole = tensor([-2, 0, 9], { dtype: 'i32' });
  expect(nn.relu6(whole).dtype).toBe('i32');
  expect(values(nn.relu6(whole))).toEqual([0, 0, 6]);
  expect(nn.hardshrink(whole).dtype).toBe('i32');
  for (const f of [nn.selu, nn.softsign, nn.hardswish, nn.mish]) expect(f(whole).dtype).toBe('f32');
});

test('what cannot be is told', () => {
  expect(() => nn.gelu(ones([1]), { approximate: 'erf' as 'none' })).toThrow(
    "gelu: approximate is 'erf'; use 'none' or 'tanh'.",
  );
  expect(() => nn.celu(ones([1]), { alpha: 0 })).toThrow('celu: alpha is 0; use a number above 0.');
  expect(() => new nn.CELU({ alpha: -1 })).toThrow('CELU: alpha is -1; use a number above 0.');
  expect(() => nn.hardtanh(ones([1]), { minVal: 1 })).toThrow(
    'hardtanh: minVal is 1 and maxVal 1; use a minVal below maxVal.',
  );
  expect(() => new nn.Hardtanh({ maxVal: NaN })).toThrow('Hardtanh: minVal is -1 and maxVal NaN');
  expect(() => nn.softshrink(ones([1]), { lambd: -1 })).toThrow('softshrink: lambd is -1; use a');
  expect(() => nn.hardshrink(ones([1]), { lambd: NaN })).toThrow('hardshrink: lambd is NaN');
  expect(() => new nn.Softshrink({ lambd: -1 })).toThrow('Softshrink: lambd is -1');
  expect(() => new nn.Hardshrink({ lambd: -1 })).toThrow('Hardshrink: lambd is -1');
  expect(() => nn.glu(ones([2, 3]))).toThrow('glu: input is [2, 3], 3 along axis 1; use an even');
  expect(() => nn.glu(ones([]))).toThrow('glu: axis -1 is out of range for a tensor of rank 0');
  expect(() => nn.maxout(ones([2, 3]), 2)).toThrow(
    'maxout: input is [2, 3], 3 along axis 1, which 2 does not divide; use a divisor.',
  );
  expect(() => new nn.Maxout(0)).toThrow('Maxout: pieces is 0; use an integer of at least 1.');
});
