// covers: src/nn/functional/symmetric-beta.ts
import { describe, expect, test } from 'vitest';
import { symmetricBeta } from '../../../src/nn/functional/symmetric-beta.js';
import { Linear, crossEntropy, mixup } from '../../../src/nn/index.js';
import type { Tensor } from '../../../src/tensor/index.js';
import { Generator, compile, manualSeed, ones, tensor } from '../../../src/tensor/index.js';
import { expectClose, f64, sample, values } from '../../tensor/check.js';
import { golden } from '../check.js';

interface Distribution {
  readonly alpha: number;
  readonly points: readonly number[];
  readonly cdf: readonly number[];
}

const { beta } = golden<{ readonly beta: readonly Distribution[] }>('regularization.json');

describe('λ has the distribution function of SciPy', () => {
  const N = 10_000;
  test.each(beta.map((b) => [b.alpha, b] as const))(
    'Beta(α, α), α = %d',
    (_, { alpha, points, cdf }) => {
      for (const dtype of ['f32', 'f64'] as const) {
        const drawn = values(symmetricBeta(alpha, [N], { dtype, generator: new Generator(3) }));
        expect(drawn.every((v) => v >= 0 && v <= 1)).toBe(true);
        points.forEach((point, i) => {
          const share = drawn.filter((v) => v <= point).length / N;
          const deviation = Math.sqrt((cdf[i]! * (1 - cdf[i]!)) / N);
          expect(Math.abs(share - cdf[i]!)).toBeLessThan(4.5 * deviation);
        });
      }
    },
  );
  test('however small α is', () => {
    const drawn = values(symmetricBeta(1e-4, [200], { generator: new Generator(1) }));
    for (const v of drawn) expect(Math.min(v, 1 - v)).toBeLessThan(1e-6);
    expect(new Set(drawn.map(Math.round))).toEqual(new Set([0, 1]));
  });
});

const CLASSES = tensor([0, 1, 2, 1, 0], { dtype: 'i32' });

test('samples and targets are mixed alike, each with one other', () => {
  const generator = new Generator(7);
  for (let draw = 0; draw < 10; draw++) {
    // A sample's number is its x and, as a probability, its y.
    const x = f64([[0], [1], [2], [3], [4]]);
    const mixed = mixup(x, x.squeeze(1).div(4), { alpha: 0.4, generator });
    const [ys, lambda] = [values(mixed.y), mixed.lambda.item()];
    expect(mixed.x.shape).toEqual([5, 1]);
    expectClose(
      mixed.x.squeeze(1),
      ys.map((v) => v * 4),
      1e-12,
    );
    const partners = ys.map((v, i) => Math.round((v * 4 - lambda * i) / (1 - lambda)));
    expect([...partners].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    const rest = (i: number): number => lambda * i + (1 - lambda) * partners[i]!;
    expectClose(
      mixed.x.squeeze(1),
      ys.map((_, i) => rest(i)),
      1e-9,
    );
  }
});

test('class numbers become probabilities', () => {
  const { y, lambda } = mixup(sample([5, 2]), CLASSES, {
    numClasses: 3,
    generator: new Generator(1),
  });
  expect([y.shape, y.dtype]).toEqual([[5, 3], 'f64']);
  expectClose(y.sum(1), [1, 1, 1, 1, 1], 1e-12);
  const own = values(y.gather(1, CLASSES.unsqueeze(1)));
  const share = lambda.item();
  for (const v of own) expect(Math.min(Math.abs(v - share), Math.abs(v - 1))).toBeLessThan(1e-12);
});

test('a compiled step mixes anew at each run, and the same with the seed', () => {
  const model = new Linear(2, 3, { generator: new Generator(1) });
  const x = sample([5, 2]).to('f32');
  const step = compile((samples: Tensor, classes: Tensor) => {
    const mixed = mixup(samples, classes, { alpha: 0.2, numClasses: 3 });
    return [crossEntropy(model.forward(mixed.x), mixed.y), mixed.lambda] as const;
  });
  const run = (): number[] => {
    manualSeed(11);
    return [...step(x, CLASSES), ...step(x, CLASSES)].map((t) => t.item());
  };
  const first = run();
  expect(first[1]).not.toBe(first[3]);
  expect(run()).toEqual(first);
});

test('what cannot be mixed is told', () => {
  const x = ones([5, 2]);
  const numClasses = 3;
  expect(() => mixup(x, CLASSES, { alpha: 0, numClasses })).toThrow('alpha is 0; use a number');
  expect(() => mixup(x, CLASSES, { alpha: NaN, numClasses })).toThrow('alpha is NaN');
  expect(() => mixup(x.int(), CLASSES, { numClasses })).toThrow('mixup: x is i32; use f32 or f64');
  expect(() => mixup(ones([4, 2]), CLASSES, { numClasses })).toThrow('x is [4, 2] and y [5]');
  expect(() => mixup(x, CLASSES)).toThrow('y holds class numbers; pass numClasses');
  expect(() => mixup(x, CLASSES, { numClasses: 0 })).toThrow('mixup: numClasses is 0');
  expect(() => mixup(x, CLASSES, { numClasses: 2 })).toThrow(
    'mixup: y has class 2, and numClasses is 2; use 0…1.',
  );
  expect(() => mixup(x, x.gt(0))).toThrow('mixup: y is bool');
  expect(() => mixup(x, x.int(), { numClasses })).toThrow('class numbers y are [5, 2]; give [N]');
});
