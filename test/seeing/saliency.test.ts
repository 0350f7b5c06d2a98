// covers: src/seeing/index.ts, src/seeing/saliency.ts, src/seeing/class-scores.ts
// covers: src/seeing/in-evaluation.ts, src/seeing/smooth-grad.ts
import { describe, expect, test } from 'vitest';
import {
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  ReLU,
  Sequential,
  Softplus,
  Tanh,
} from '../../src/nn/index.js';
import { inputTimesGradient, saliency, smoothGrad } from '../../src/seeing/index.js';
import { Generator, compile, noGrad, zeros, type Tensor } from '../../src/tensor/index.js';
import { unpack } from '../nn/check.js';
import { expectClose, f64, i32, sample, values } from '../tensor/check.js';
import { expectGolden, goldenNet, goldens } from './net.js';

const { net: want } = goldens;
const x = unpack(want.x, 'f64');
const target = unpack(want.target, 'f64');

describe('saliency', () => {
  test('is the magnitude of the gradient that PyTorch has', () => {
    const net = goldenNet();
    const g = unpack(want.gradient, 'f64');
    expectClose(saliency(net, x, { target }), g.abs().array(), 1e-12);
    expectClose(inputTimesGradient(net, x, { target }), g.mul(x).array(), 1e-12);
    const single = unpack(want.x, 'f32');
    expectClose(saliency(goldenNet('f32'), single, { target }), g.abs().array(), 1e-4);
  });
  test('explains the class with the largest score where none is named', () => {
    const g = unpack(want.gradientOfBest, 'f64');
    expectClose(saliency(goldenNet(), x), g.abs().array(), 1e-12);
  });
  test('takes one class for all samples', () => {
    const [net, all] = [goldenNet(), i32([3, 3, 3])];
    expect(values(saliency(net, x, { target: 3 }))).toEqual(
      values(saliency(net, x, { target: all })),
    );
  });
  test('of a linear model is the magnitude of its weights', () => {
    const model = new Linear(4, 3, { dtype: 'f64' });
    const [y, w] = [sample([2, 4]), model.weight.array() as number[][]];
    const map = saliency(model, y, { target: i32([2, 0]) });
    expectClose(map, [w[2]!.map(Math.abs), w[0]!.map(Math.abs)], 1e-15);
  });
  test('agrees with differences', () => {
    const model = new Sequential(
      new Conv2d(1, 3, 2, { dtype: 'f64' }),
      new Tanh(),
      new Flatten(),
      new Linear(12, 2, { dtype: 'f64' }),
    );
    const y = sample([1, 1, 3, 3]);
    const map = values(saliency(model, y, { target: 1 }));
    const score = (moved: number[]): number =>
      (model.forward(f64(moved).reshape([1, 1, 3, 3])).array() as number[][])[0]![1]!;
    values(y).forEach((_, i) => {
      const at = (h: number): number => score(values(y).map((v, k) => (k === i ? v + h : v)));
      expect(map[i]).toBeCloseTo(Math.abs(at(1e-5) - at(-1e-5)) / 2e-5, 8);
    });
  });
  test('needs no gradients to be on, leaves those of weights alone, and can be compiled', () => {
    const net = goldenNet();
    net.requiresGrad(false);
    const found = noGrad(() => saliency(net, x, { target }));
    expectClose(found, unpack(want.gradient, 'f64').abs().array(), 1e-12);
    const compiled = compile((y: Tensor) => saliency(net, y, { target: 0 }));
    expectClose(compiled(x), saliency(net, x, { target: 0 }).array(), 1e-12);
    expect(net.training).toBe(true);
    expect([...net.parameters()].every((p) => p.grad === null)).toBe(true);
    expect(x.requiresGrad).toBe(false);
  });
  test('sees the model in evaluation mode, and leaves each module in its own', () => {
    const model = new Sequential(
      new Linear(4, 4, { dtype: 'f64' }),
      new Dropout(0.5),
      new Sequential(new Dropout(0.5), new Linear(4, 2, { dtype: 'f64' })),
    );
    model.at(2).eval();
    const before = [...model.modules()].map(({ training }) => training);
    const first = saliency(model, sample([1, 4]));
    expect(values(first)).toEqual(values(saliency(model, sample([1, 4]))));
    expect([...model.modules()].map(({ training }) => training)).toEqual(before);
    expect(before).toEqual([true, true, true, false, false, false]);
  });
});

describe('smoothGrad', () => {
  test('without noise is the gradient', () => {
    const found = smoothGrad(goldenNet(), x, { target, noise: 0, samples: 3 });
    expectGolden(found, want.gradient);
  });
  test('of a score that bends is its mean slope under the noise', () => {
    const model = new Sequential(new Linear(3, 1, { dtype: 'f64' }), new Softplus());
    const y = sample([2, 3]);
    const options = { noise: 0.4, samples: 4000, generator: new Generator(3) };
    const found = values(smoothGrad(model, y, options));
    const w = (model.at(0) as Linear).weight;
    const bias = (model.at(0) as Linear).bias!;
    const [weights, [b]] = [values(w), values(bias)];
    const size = Math.hypot(...weights);
    for (let n = 0; n < 2; n++) {
      const row = values(y).slice(3 * n, 3 * n + 3);
      const sigma = 0.4 * (Math.max(...row) - Math.min(...row)) * size;
      const a = row.reduce((sum, v, i) => sum + v * weights[i]!, b!);
      // E sigmoid(a + σ ε), by a sum over the normal density.
      let [mean, mass] = [0, 0];
      for (let e = -8; e <= 8; e += 0.01) {
        const density = Math.exp((-e * e) / 2);
        mean += density / (1 + Math.exp(-(a + sigma * e)));
        mass += density;
      }
      for (let i = 0; i < 3; i++) {
        expect(found[3 * n + i]! / weights[i]!).toBeCloseTo(mean / mass, 2);
      }
    }
  });
  test('draws the same noise from the same seed', () => {
    const net = goldenNet();
    const draw = (seed: number): number[] =>
      values(smoothGrad(net, x, { samples: 4, generator: new Generator(seed) }));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
  test.each([
    [{ samples: 0 }, 'smoothGrad: samples is 0; use an integer of at least 1.'],
    [{ noise: -1 }, 'smoothGrad: noise is -1; use a share of at least 0.'],
    [{ noise: NaN }, 'smoothGrad: noise is NaN; use a share of at least 0.'],
  ])('refuses %o', (options, message) => {
    expect(() => smoothGrad(goldenNet(), x, options)).toThrow(message);
  });
});

describe('what does not fit is refused in a sentence', () => {
  const net = goldenNet();
  test.each([
    [5, 'saliency: target is 5; the model has 5 classes, use 0 to 4.'],
    [-1, 'saliency: target is -1; the model has 5 classes, use 0 to 4.'],
    [0.5, 'saliency: target is 0.5; the model has 5 classes, use 0 to 4.'],
    [i32([0, 7, 1]), 'saliency: target is 7; the model has 5 classes, use 0 to 4.'],
    [i32([0, 1]), 'saliency: target is [2], the output [N, K] = [3, 5]; give a class number'],
    [f64([0, 1, 2]), 'saliency: target is f64; give class numbers as i32.'],
  ])('target %s', (wrong, message) => {
    expect(() => saliency(net, x, { target: wrong })).toThrow(message);
  });
  test('inputs and models', () => {
    expect(() => saliency(net, i32([1, 2]))).toThrow('saliency: x is i32; use f32 or f64');
    expect(() => saliency(net, zeros([0, 2, 8, 12]))).toThrow(
      'saliency: x is [0, 2, 8, 12]; give a batch [N, …] of samples.',
    );
    expect(() => saliency(new ReLU(), x)).toThrow(
      'saliency: the model gives [3, 2, 8, 12]; use one that gives scores [N, K].',
    );
    expect(net.training).toBe(true);
  });
});
