// covers: src/optim/sgd.ts, src/optim/adam.ts, src/optim/ada-grad.ts, src/optim/rms-prop.ts
// covers: src/optim/ada-delta.ts, src/optim/adamax.ts, src/optim/nadam.ts, src/optim/radam.ts
// covers: src/optim/bias-correction.ts, src/optim/definition.ts
import { describe, expect, test } from 'vitest';
import type { OptimizerClass } from '../../src/optim/index.js';
import * as optim from '../../src/optim/index.js';
import { compile, tensor } from '../../src/tensor/index.js';
import '../tensor/check.js';
import type { Points } from './check.js';
import { energy, flat, goldens, slope, startNumbers, startParameters } from './check.js';

interface Settings {
  readonly lr: number;
}

const CLASSES = optim as unknown as Record<string, OptimizerClass<Settings>>;

function expectNear(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  const worst = wanted.map((w, i) => Math.abs(actual[i]! - w)).reduce((x, y) => Math.max(x, y), 0);
  if (!(worst <= tolerance)) expect(actual).toEqual(wanted);
}

/** Parameters by step, the learning rate being halved at one of them. */
function run(
  name: string,
  options: Readonly<Record<string, unknown>>,
  { compiled = true, dtype = 'f64' as 'f32' | 'f64', steps = goldens.steps } = {},
): Map<number, number[]> {
  const params = startParameters(dtype);
  const optimizer = new CLASSES[name]!(params, options);
  const update = (): void => {
    optimizer.zeroGrad();
    energy(params).backward();
    optimizer.step();
  };
  const step = compiled ? compile(update) : update;
  const points = new Map<number, number[]>();
  for (let t = 1; t <= steps; t++) {
    if (t === goldens.lrDrop) optimizer.lr /= 2;
    step();
    points.set(t, flat(params));
  }
  if ('compilations' in step) expect(step.compilations).toBe(1);
  return points;
}

function expectPoints(found: Map<number, number[]>, points: Points, tolerance: number): void {
  const steps = Object.keys(points).filter((t) => found.has(Number(t)));
  expect(steps.length).toBeGreaterThan(2);
  for (const t of steps) expectNear(found.get(Number(t))!, points[t]!, tolerance);
}

describe("PyTorch's form goes PyTorch's way", () => {
  const cases = goldens.trajectories.map(
    (c) => [`${c.name} ${JSON.stringify(c.options)}`, c] as const,
  );
  test.each(cases)('%s', (_, { name, options, points }) => {
    expectPoints(run(name, options), points, 1e-11);
    expectPoints(run(name, options, { compiled: false, steps: 5 }), points, 1e-11);
    expectPoints(run(name, options, { dtype: 'f32' }), points, 2e-5);
  });
});

/**
 * The notes' equations for one element, in plain numbers: how θ changes by gradient g at step t
 * with rate η; `b` keeps what is carried from step to step.
 */
type Rule = (g: number, t: number, eta: number, b: { m: number; v: number }) => number;

const EPS = 1e-8;

const NOTES: readonly (readonly [string, Readonly<Record<string, unknown>>, Rule])[] = [
  ['SGD', { lr: 0.03 }, (g, _, eta) => eta * g],
  [
    'SGD',
    { lr: 0.03, momentum: 0.9 },
    (g, _, eta, b) => {
      b.m = 0.9 * b.m + eta * g; // @equation (2.5)
      return b.m;
    },
  ],
  [
    'SGD',
    { lr: 0.03, momentum: 0.8, nesterov: true },
    (g, _, eta, b) => {
      b.m = 0.8 * b.m + eta * g;
      return 0.8 * b.m + eta * g;
    },
  ],
  [
    'AdaGrad',
    { lr: 0.2 },
    (g, _, eta, b) => {
      b.v += g * g; // @equation (2.6)
      return (eta / Math.sqrt(b.v + EPS)) * g;
    },
  ],
  [
    'RMSProp',
    // With greater steps it swings about the minimum, and doubles every rounding error as it does.
    { lr: 0.005, alpha: 0.9 },
    (g, _, eta, b) => {
      b.v = 0.9 * b.v + (1 - 0.9) * g * g; // @equation (2.7)
      return (eta / Math.sqrt(b.v + EPS)) * g;
    },
  ],
  [
    'Adam',
    { lr: 0.05 },
    (g, t, eta, b) => {
      b.m = 0.9 * b.m + (1 - 0.9) * g; // @equation (2.8), without η
      b.v = 0.999 * b.v + (1 - 0.999) * g * g;
      const m = b.m / (1 - 0.9 ** t); // @equation (2.9)
      const v = b.v / (1 - 0.999 ** t);
      return (eta * m) / Math.sqrt(v + EPS); // @equation (2.10)
    },
  ],
  [
    'RMSProp',
    { lr: 0.005, alpha: 0.9, momentum: 0.5 },
    (g, _, eta, b) => {
      b.v = 0.9 * b.v + (1 - 0.9) * g * g;
      b.m = 0.5 * b.m + g / Math.sqrt(b.v + EPS);
      return eta * b.m;
    },
  ],
  [
    'Adamax',
    { lr: 0.02 },
    (g, t, eta, b) => {
      b.m = 0.9 * b.m + (1 - 0.9) * g;
      b.v = Math.max(0.999 * b.v, Math.abs(g)); // u
      return (eta * b.m) / (1 - 0.9 ** t) / Math.sqrt(b.v ** 2 + EPS);
    },
  ],
  [
    'NAdam',
    { lr: 0.02, momentumDecay: 0.01 },
    (g, t, eta, b) => {
      b.m = 0.9 * b.m + (1 - 0.9) * g;
      b.v = 0.999 * b.v + (1 - 0.999) * g * g;
      const momentum = (i: number): number => 0.9 * (1 - 0.5 * 0.96 ** (0.01 * i));
      let product = 1;
      for (let i = 1; i <= t; i++) product *= momentum(i);
      const next = momentum(t + 1);
      const m = (next * b.m) / (1 - product * next) + ((1 - momentum(t)) * g) / (1 - product);
      return (eta * m) / Math.sqrt(b.v / (1 - 0.999 ** t) + EPS);
    },
  ],
  [
    'RAdam',
    { lr: 0.02 },
    (g, t, eta, b) => {
      b.m = 0.9 * b.m + (1 - 0.9) * g;
      b.v = 0.999 * b.v + (1 - 0.999) * g * g;
      const m = b.m / (1 - 0.9 ** t);
      const [limit, rest] = [2 / (1 - 0.999) - 1, 1 - 0.999 ** t];
      const rho = limit - (2 * t * 0.999 ** t) / rest;
      if (rho <= 5) return eta * m;
      const r = ((rho - 4) * (rho - 2) * limit) / ((limit - 4) * (limit - 2) * rho);
      return (eta * m * Math.sqrt(r * rest)) / Math.sqrt(b.v + EPS);
    },
  ],
];

function runRule(rule: Rule, lr: number): number[] {
  return startNumbers.map((start, i) => {
    const buffers = { m: 0, v: 0 };
    let theta = start;
    for (let t = 1; t <= goldens.steps; t++) {
      theta -= rule(slope(theta, i), t, t < goldens.lrDrop ? lr : lr / 2, buffers);
    }
    return theta;
  });
}

describe("the notes' form goes the way of the notes' equations", () => {
  test.each(NOTES)('%s %o', (name, options, rule) => {
    const wanted = runRule(rule, options['lr'] as number);
    const found = run(name, { ...options, form: 'notes' });
    expectNear(found.get(goldens.steps)!, wanted, 1e-10);
  });
  test('a decay is added to the gradient', () => {
    const rule: Rule = (g, _, eta) => eta * g;
    const params = startNumbers.map((start, i) => {
      let theta = start;
      for (let t = 1; t <= goldens.steps; t++) {
        const eta = t < goldens.lrDrop ? 0.03 : 0.015;
        theta -= rule(slope(theta, i) + 0.1 * theta, t, eta, { m: 0, v: 0 });
      }
      return theta;
    });
    const found = run('SGD', { lr: 0.03, weightDecay: 0.1, form: 'notes' });
    expectNear(found.get(goldens.steps)!, params, 1e-12);
  });
  test('it differs from PyTorch where the notes say so', () => {
    // Momentum alone: only from the step at which η has changed.
    const options = { lr: 0.03, momentum: 0.9 };
    const [notes, torch] = [run('SGD', { ...options, form: 'notes' }), run('SGD', options)];
    const before = goldens.lrDrop - 1;
    expectNear(notes.get(before)!, torch.get(before)!, 1e-12);
    expect(() => expectNear(notes.get(before + 1)!, torch.get(before + 1)!, 1e-4)).toThrow();
  });
});

test('the bias correction is exact to f32 at the first step and at great t', () => {
  for (const [t, beta] of [
    [1, 0.999],
    [1, 0.9],
    [1000, 0.999],
    [1e6, 0.9],
    [3, 0],
  ] as const) {
    const exact = -Math.expm1(t * Math.log(beta));
    const found = optim.biasCorrection(tensor(t), beta).item();
    expect(Math.abs(found / exact - 1)).toBeLessThan(3e-7);
  }
});
