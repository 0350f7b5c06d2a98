import { expect, it } from 'vitest';
import { ShapeError } from '../../src/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { conv, convolve, fromData, linspace, zeros } from '../../src/tensor/index.js';
import { checkGradient, expectClose, f64, sample, values } from './check.js';

/** All of f * g, for lists. */
function full(f: Tensor, g: Tensor): Tensor {
  const [x, w] = [f, g].map((t) => t.reshape([1, 1, t.size])) as [Tensor, Tensor];
  return convolve(x, w, { padding: g.size - 1 }).reshape([f.size + g.size - 1]);
}

/** (3.1), with a sum for the integral, in plain loops. */
function written(f: readonly number[], g: readonly number[]): number[] {
  return Array.from({ length: f.length + g.length - 1 }, (_, t) =>
    f.reduce((sum, v, tau) => sum + v * (g[t - tau] ?? 0), 0),
  );
}

it('(3.1): is Σ f(τ) g(t - τ), the product of two polynomials', () => {
  const [f, g] = [sample([5]), sample([3], 2)];
  expectClose(full(f, g), written(values(f), values(g)), 1e-12);
  expectClose(full(f64([1, 2, 3]), f64([1, 1])), [1, 3, 5, 3]);
});

it('(3.1): of densities approaches the integral: variances of two normal ones add up', () => {
  const step = 1 / 16;
  const t = linspace(-8, 8, 257, { dtype: 'f64' });
  const density = (variance: number): Tensor =>
    t
      .mul(t)
      .div(-2 * variance)
      .exp()
      .div(Math.sqrt(2 * Math.PI * variance));
  const both = full(density(0.5), density(0.75)).mul(step).narrow(0, 128, 257);
  expectClose(both, density(1.25).array(), 1e-12);
});

it('commutes and associates, where cross-correlation does neither', () => {
  const [f, g, h] = [sample([4]), sample([3], 2), sample([2], 3)];
  expectClose(full(f, g), full(g, f).array(), 1e-12);
  expectClose(full(full(f, g), h), full(f, full(g, h)).array(), 1e-12);
  const correlate = (a: Tensor, b: Tensor): number[] =>
    values(conv(a.reshape([1, 1, a.size]), b.reshape([1, 1, b.size]), { padding: b.size - 1 }));
  const [there, back] = [correlate(f, g), correlate(g, f)];
  expect(there.every((v, i) => Math.abs(v - back[i]!) < 1e-3)).toBe(false);
  expectClose(f64(there), [...back].reverse(), 1e-12);
});

it('turns the kernel along every spatial axis, and no other', () => {
  const x = sample([2, 4, 5, 6]);
  const w = sample([6, 2, 3, 2], 2);
  const options = { stride: [2, 1], padding: 1, dilation: [1, 2], groups: 2 };
  expectClose(convolve(x, w, options), conv(x, w.flip([2, 3]), options).array(), 1e-12);
  // The kernel itself appears around an impulse.
  const impulse = fromData(Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), [1, 1, 3, 3]);
  const k = sample([1, 1, 3, 3], 3);
  expectClose(convolve(impulse, k, { padding: 1 }), k.array(), 1e-12);
  checkGradient((p, q) => convolve(p, q, options), [x, w]);
});

it('refuses what conv refuses', () => {
  expect(() => convolve(zeros([1, 2, 4]), zeros([1, 3, 2]))).toThrow(ShapeError);
});
