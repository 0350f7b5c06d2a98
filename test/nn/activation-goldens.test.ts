// covers: src/nn/functional/activations.ts, src/nn/functional/rectifiers.ts
// covers: src/nn/functional/exponential-units.ts, src/nn/functional/hard-activations.ts
// covers: src/nn/functional/smooth-rectifiers.ts, src/nn/functional/sigmoids.ts
// covers: src/nn/functional/axis-activations.ts
import { describe, expect, test } from 'vitest';
import * as F from '../../src/nn/functional/index.js';
import type { Shape, Tensor } from '../../src/tensor/index.js';
import { compile, grad, tensor } from '../../src/tensor/index.js';
import { values } from '../tensor/check.js';
import { golden } from './check.js';

interface Values {
  readonly shape: Shape;
  /** What is not finite as a string. */
  readonly data: readonly (number | string)[];
}

interface Case {
  readonly op: string;
  readonly options: Readonly<Record<string, number | string>>;
  readonly args: readonly number[];
  readonly inputs: readonly Values[];
  readonly output: Values;
  readonly seed: Values;
  readonly grads: readonly Values[];
}

const { cases } = golden<{ readonly cases: readonly Case[] }>('activations.json');
type Op = (...args: unknown[]) => Tensor;
type Float = 'f32' | 'f64';

const numbers = ({ data }: Values): number[] => data.map(Number);

function unpack(v: Values, dtype: Float, requiresGrad = false): Tensor {
  return tensor(Float64Array.from(numbers(v)), { shape: v.shape, dtype, requiresGrad });
}

/** Where PyTorch has NaN, but the function has limits: value and slope at the infinities. */
const LIMITS: Readonly<Record<string, Readonly<Record<number, readonly [number, number]>>>> = {
  softsign: { [-Infinity]: [-1, 0], [Infinity]: [1, 0] },
  hardswish: { [-Infinity]: [0, 0] },
};

/** The values and gradients that are wanted. */
function wanted({ op, inputs, output, seed, grads }: Case): number[][] {
  const want = [output, ...grads].map(numbers);
  const limits = LIMITS[op];
  if (!limits) return want;
  numbers(inputs[0]!).forEach((x, i) => {
    const limit = limits[x];
    if (!limit) return;
    expect(want[0]![i]).toBeNaN();
    want[0]![i] = limit[0];
    want[1]![i] = limit[1] * numbers(seed)[i]!;
  });
  return want;
}

function run(c: Case, float: Float, compiled: boolean): Tensor[] {
  const f = (F as unknown as Record<string, Op>)[c.op]!;
  const last = Object.keys(c.options).length > 0 ? [c.options] : c.args;
  const both = (inputs: Tensor[], seed: Tensor): Tensor[] => {
    const y = f(...inputs, ...last);
    return [y, ...grad([y], inputs, { seed })];
  };
  const inputs = c.inputs.map((x) => unpack(x, float, true));
  return (compiled ? compile(both) : both)(inputs, unpack(c.seed, float));
}

/** Whose values are accurate in relation to themselves, however close to 0. */
const RELATIVE = new Set([
  'sigmoid',
  'logSigmoid',
  'softplus',
  'silu',
  'mish',
  'elu',
  'selu',
  'celu',
]);

/** Whose gradient PyTorch computes with a constant (1/6, 1/α) that is rounded to f32, even in f64. */
const ROUNDED = new Set(['hardsigmoid', 'celu']);

function expectCase(c: Case, results: readonly Tensor[], tolerance: number): void {
  const want = wanted(c);
  [c.output, ...c.grads].forEach(({ shape }, k) => {
    expect(results[k]!.shape).toEqual(shape);
    const got = values(results[k]!);
    want[k]!.forEach((value, i) => {
      // PyTorch's own code for vectors and for single numbers differ in the slope at NaN.
      if (k > 0 && Number.isNaN(numbers(c.inputs[k - 1]!)[i])) return;
      // What is subnormal may be lost.
      const least = RELATIVE.has(c.op) && k === 0 ? 1e-30 : 1;
      const bound = ROUNDED.has(c.op) && k > 0 ? Math.max(tolerance, 1e-7) : tolerance;
      const close = Math.abs(got[i]! - value) <= bound * Math.max(least, Math.abs(value));
      if (!close && !Object.is(got[i], value)) {
        expect({ k, i, x: c.inputs[0]!.data[i], got: got[i] }).toEqual({ k, i, value });
      }
    });
  });
}

function title({ op, options, args, inputs }: Case): string {
  const shapes = inputs.map((x) => `[${x.shape.join()}]`);
  return [op, ...shapes, ...Object.entries(options).map((e) => e.join(' ')), ...args].join(' ');
}

describe('values and gradients are those of PyTorch, at kinks, in tails and at infinities', () => {
  test.each(cases.map((c) => [title(c), c] as const))('%s', (_, c) => {
    expectCase(c, run(c, 'f64', false), 1e-12);
    expectCase(c, run(c, 'f64', true), 1e-12);
    expectCase(c, run(c, 'f32', true), 1e-5);
  });
});
