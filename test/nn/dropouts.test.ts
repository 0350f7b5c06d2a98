// covers: src/nn/functional/drop.ts, src/nn/functional/channel-dropout.ts, src/nn/channel-dropout.ts
// covers: src/nn/functional/alpha-dropout.ts, src/nn/alpha-dropout.ts
// covers: src/nn/functional/drop-connect.ts, src/nn/drop-connect.ts
// covers: src/nn/functional/stochastic-depth.ts, src/nn/stochastic-depth.ts
// covers: src/nn/functional/gaussian-noise.ts, src/nn/gaussian-noise.ts
import { describe, expect, test } from 'vitest';
import * as nn from '../../src/nn/index.js';
import type { Shape, Tensor } from '../../src/tensor/index.js';
import {
  Generator,
  compile,
  fromData,
  grad,
  manualSeed,
  ones,
  randn,
  scan,
  tensor,
  zeros,
} from '../../src/tensor/index.js';
import { checkGradient, expectClose, sample, values } from '../tensor/check.js';
import { golden } from './check.js';

const { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } = nn;
const DROPOUTS = {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
};

interface Case {
  readonly op: keyof typeof DROPOUTS;
  readonly p: number;
  readonly shape: Shape;
  /** The mask varies along this many axes. */
  readonly leading: number;
  readonly x: readonly number[];
  readonly kept: readonly number[];
  readonly dropped: readonly number[];
  /** The derivative of what is kept. */
  readonly slope: readonly number[];
}

const { cases } = golden<{ readonly cases: readonly Case[] }>('dropout.json');

/** How many times `f` is true. */
function count(numbers: readonly number[], f: (v: number) => boolean): number {
  return numbers.filter(f).length;
}

function variance(numbers: readonly number[]): number {
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  return numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / numbers.length;
}

describe('elements become what they become in PyTorch, kept or dropped', () => {
  test.each(cases.map((c) => [`${c.op} p ${c.p} [${c.shape.join()}]`, c] as const))(
    '%s',
    (_, c) => {
      const generator = new Generator(5);
      const both = (x: Tensor): Tensor[] => {
        const y = DROPOUTS[c.op](x, { p: c.p, training: true, generator });
        return [y, ...grad([y], [x], { seed: ones(c.shape, { dtype: 'f64' }) })];
      };
      const perMask = c.shape.slice(c.leading).reduce((n, d) => n * d, 1);
      let kept = 0;
      let drawn = 0;
      for (const f of [both, compile(both)]) {
        for (let draw = 0; draw < 20; draw++) {
          const x = fromData(Float64Array.from(c.x), c.shape, { requiresGrad: true });
          const [y, slope] = f(x).map(values);
          const mask = slope!.map((v) => v !== 0);
          mask.forEach((isKept, i) => {
            expect(isKept).toBe(mask[i - (i % perMask)]);
            expect(y![i]).toBeCloseTo((isKept ? c.kept : c.dropped)[i]!, 13);
            if (isKept) expect(slope![i]).toBeCloseTo(c.slope[i]!, 13);
            kept += Number(isKept);
          });
          drawn += mask.length;
        }
      }
      const deviation = Math.sqrt((c.p * (1 - c.p) * perMask) / drawn);
      expect(Math.abs(kept / drawn - (1 - c.p))).toBeLessThan(4 * deviation);
    },
  );
});

test('alpha dropout keeps mean 0 and variance 1', () => {
  manualSeed(2);
  for (const layer of [new nn.AlphaDropout(0.2), new nn.FeatureAlphaDropout(0.5)]) {
    const y = layer.forward(randn([20_000, 4]));
    expect(Math.abs(y.mean().item())).toBeLessThan(0.02);
    expect(Math.abs(variance(values(y)) - 1)).toBeLessThan(0.03);
  }
});

describe('drop connect', () => {
  test('drops weights and biases, the same for the whole batch', () => {
    manualSeed(3);
    const layer = new nn.DropConnect(50, 40, { p: 0.3, dtype: 'f64' });
    const identity = tensor(
      Array.from({ length: 51 }, (_, i) => Array.from({ length: 50 }, (__, j) => Number(i === j))),
      { dtype: 'f64' },
    );
    // Row 50 is the bias, and the others, less it, the weights of an input.
    const y = layer.forward(identity);
    const bias = y.slice(0, 50);
    const found = [...values(bias), ...values(y.slice(0, 0, 50).sub(bias))];
    const whole = [...values(layer.bias!), ...values(layer.weight.T)];
    let dropped = 0;
    found.forEach((v, i) => {
      if (Math.abs(v) < 1e-12) dropped++;
      else expect(v).toBeCloseTo(whole[i]! / 0.7, 12);
    });
    expect(Math.abs(dropped / whole.length - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / whole.length));
  });
  test('per sample with a mask for each', () => {
    const layer = new nn.DropConnect(3, 2, { perSample: true, generator: new Generator(1) });
    const y = layer.forward(ones([2, 100, 3]));
    expect(y.shape).toEqual([2, 100, 2]);
    const distinct = new Set(values(y).map((v) => v.toFixed(5)));
    expect(distinct.size).toBeGreaterThan(16);
    const one = new nn.DropConnect(3, 2).forward(ones([100, 3]));
    expect(new Set(values(one)).size).toBeLessThanOrEqual(2);
  });
  test('keeps the mean of the output', () => {
    const layer = new nn.DropConnect(4, 1, {
      p: 0.6,
      perSample: true,
      generator: new Generator(1),
    });
    const x = sample([1, 4]).to('f32');
    const y = values(layer.forward(x.add(zeros([40_000, 4]))));
    const mean = y.reduce((a, b) => a + b) / y.length;
    const error = Math.abs(mean - layer.eval().forward(x).item());
    expect(error).toBeLessThan(4 * Math.sqrt(variance(y) / y.length));
  });
  test('gradients go to the weights that take part', () => {
    const f = (perSample: boolean) => (x: Tensor, w: Tensor, b: Tensor) =>
      nn.dropConnect(x, w, b, { perSample, generator: new Generator(4) });
    const inputs = [sample([5, 3]), sample([2, 3], 2), sample([2], 3)];
    checkGradient(f(false), inputs);
    checkGradient(f(true), inputs);
  });
  test('in evaluation, and with p = 0 or 1', () => {
    const layer = new nn.DropConnect(3, 2, { p: 1, perSample: true });
    expect(values(layer.forward(ones([4, 3])))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const wanted = values(nn.linear(ones([4, 3]), layer.weight, layer.bias));
    expect(values(layer.eval().forward(ones([4, 3])))).toEqual(wanted);
    const all = nn.dropConnect(ones([4, 3]), layer.weight, layer.bias, { p: 0 });
    expect(values(all)).toEqual(wanted);
  });
});

describe('stochastic depth', () => {
  test('drops rows, or the batch', () => {
    manualSeed(4);
    const rows = values(nn.stochasticDepth(ones([2000, 2]), { p: 0.2 }));
    rows.forEach((v, i) => expect(v).toBe(rows[i - (i % 2)]));
    expect(new Set(rows)).toEqual(new Set([0, 1.25]));
    const share = count(rows, (v) => v === 0) / rows.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / 2000));
    const layer = new nn.StochasticDepth(0.5, { mode: 'batch' });
    const batches = Array.from({ length: 40 }, () => values(layer.forward(ones([3, 2]))));
    for (const batch of batches) expect(new Set(batch).size).toBe(1);
    expect(new Set(batches.flat())).toEqual(new Set([0, 2]));
  });
  test('gives its gradient to the rows that are kept', () => {
    checkGradient(
      (x) => nn.stochasticDepth(x, { p: 0.5, generator: new Generator(2) }),
      [sample([6, 2])],
    );
  });
});

describe('Gaussian noise', () => {
  test('has its standard deviation, and lets the gradient through', () => {
    manualSeed(5);
    const y = new nn.GaussianNoise(0.5).forward(ones([20_000]));
    expect(Math.abs(y.mean().item() - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance(values(y)) - 0.25)).toBeLessThan(0.01);
    const x = sample([3]);
    const slope = grad((v: Tensor) => nn.gaussianNoise(v, { std: 3 }).sum())(x);
    expectClose(slope, [1, 1, 1]);
  });
});

const LAYERS: readonly (readonly [nn.UnaryModule, Shape, string])[] = [
  [new nn.Dropout1d(0.5), [2, 3, 4], 'Dropout1d(p=0.5)'],
  [new nn.Dropout2d(), [2, 3, 2, 2], 'Dropout2d(p=0.5)'],
  [new nn.Dropout3d(0.5), [2, 3, 2, 2, 2], 'Dropout3d(p=0.5)'],
  [new nn.AlphaDropout(0.5), [4, 3], 'AlphaDropout(p=0.5)'],
  [new nn.FeatureAlphaDropout(0.5), [2, 3, 4], 'FeatureAlphaDropout(p=0.5)'],
  [new nn.StochasticDepth(0.5), [12, 2], "StochasticDepth(p=0.5, mode='row')"],
  [new nn.GaussianNoise(0.5), [4], 'GaussianNoise(std=0.5)'],
];

describe('layers', () => {
  test.each(LAYERS.map((l) => [l[2], ...l] as const))('%s', (_, layer, shape, text) => {
    expect(String(layer)).toBe(text);
    const x = ones(shape, { dtype: 'f64' });
    const step = compile((input: Tensor) => layer.forward(input));
    const run = (): string => {
      manualSeed(9);
      return String([...values(step(x)), ...values(step(x))]);
    };
    expect(run()).toBe(run());
    expect(values(step(x))).not.toEqual(values(step(x)));
    layer.eval();
    expect(values(step(x))).toEqual(values(x));
    expect(layer.forward(x)).toBe(x);
  });
  test('draw anew at each step of a scan', () => {
    const layer = new nn.Dropout1d();
    const body = (h: Tensor, x: Tensor): [Tensor, Tensor] => [h, layer.forward(x)];
    const y = values(scan(body, zeros([]), ones([30, 1, 1, 1]))[1]);
    expect(new Set(y)).toEqual(new Set([0, 2]));
  });
  test('DropConnect prints what it is', () => {
    const text = 'inFeatures=3, outFeatures=2, bias=true, p=0.5, perSample=false';
    expect(String(new nn.DropConnect(3, 2))).toContain(text);
  });
});

test('with p = 0 nothing happens, with p = 1 nothing is left', () => {
  const x = tensor([[[1, NaN]]]);
  for (const f of [nn.dropout1d, nn.alphaDropout, nn.featureAlphaDropout, nn.stochasticDepth]) {
    expect(f(x, { p: 0, training: true })).toBe(x);
    expect(values(f(x, { p: 1, training: true }))).toEqual([0, 0]);
  }
  expect(nn.gaussianNoise(x, { std: 0 })).toBe(x);
  expect(nn.alphaDropout(x)).toBe(x); // as in PyTorch
});

test('what does not fit is told', () => {
  expect(() => nn.dropout1d(ones([3]))).toThrow(
    'dropout1d: input is [3]; give one [N, C, L] or [C, L].',
  );
  expect(() => nn.dropout2d(ones([2, 3, 4]))).toThrow('give one [N, C, H, W].');
  expect(() => nn.dropout3d(ones([2, 3, 4]), { training: false })).toThrow('[N, C, D, H, W] or');
  expect(() => nn.featureAlphaDropout(ones([3]))).toThrow('give one [N, C, …], or use');
  expect(() => nn.alphaDropout(ones([3]), { p: 1.5 })).toThrow('alphaDropout: p is 1.5');
  expect(() => new nn.Dropout2d(-1)).toThrow('Dropout2d: p is -1; use a probability');
  expect(() => new nn.DropConnect(2, 2, { p: NaN })).toThrow('DropConnect: p is NaN');
  expect(() => nn.dropConnect(ones([2, 3]), ones([2, 2]))).toThrow('dropConnect: input has 3');
  expect(() => nn.stochasticDepth(ones([]))).toThrow('input is a scalar');
  const mode = 'rows' as 'row';
  expect(() => new nn.StochasticDepth(0.1, { mode })).toThrow("mode is 'rows'; use 'row' or");
  expect(() => nn.stochasticDepth(ones([2]), { mode })).toThrow("stochasticDepth: mode is 'rows'");
  expect(() => new nn.GaussianNoise(-1)).toThrow('GaussianNoise: std is -1; use a number');
  expect(() => nn.gaussianNoise(ones([2], { dtype: 'i32' }))).toThrow('input is i32');
});
