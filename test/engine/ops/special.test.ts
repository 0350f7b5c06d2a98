import fc from 'fast-check';
import { expect, test } from 'vitest';
import { erf, floorMod, pow, roundHalfToEven, sigmoid } from '../../../src/engine/ops/special.js';

/** 2/√π ∫₀ˣ e^(-t²) dt by Gauss and Legendre's rule of five points on 200 pieces. */
function erfByQuadrature(x: number): number {
  const inner = Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3;
  const outer = Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3;
  const [near, far] = [(322 + 13 * Math.sqrt(70)) / 900, (322 - 13 * Math.sqrt(70)) / 900];
  const rule = [
    [0, 128 / 225],
    [inner, near],
    [-inner, near],
    [outer, far],
    [-outer, far],
  ];
  const half = x / 400;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < 200; i++) {
    for (const [at, weight] of rule) {
      const t = (2 * i + 1 + at!) * half;
      // Kahan's compensation: the rule is a better reference than the sum of its 1000 terms.
      const term = weight! * Math.exp(-t * t) * half - lost;
      const next = sum + term;
      lost = next - sum - term;
      sum = next;
    }
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

test('erf is the integral it is defined by', () => {
  for (let x = -6.5; x <= 6.5; x += 0.0625) {
    expect(Math.abs(erf(x) - erfByQuadrature(x))).toBeLessThanOrEqual(7e-16 * Math.abs(erf(x)));
  }
  expect(erf(1)).toBeCloseTo(0.842700792949715, 14); // Abramowitz and Stegun, table 7.1
  expect(erf(1e-200)).toBeCloseTo(1.1283791670955126e-200, 215);
});

test('erf is odd, monotone and joined without a step', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), (x) => erf(-x) === -erf(x)));
  for (const seam of [1, 6]) {
    const below = erf(seam - 1e-12);
    const above = erf(seam + 1e-12);
    expect(above).toBeGreaterThanOrEqual(below - 2.3e-16);
    expect(above - below).toBeLessThan(2e-12);
  }
});

test('roundHalfToEven: nearest, ties to even', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
      const r = roundHalfToEven(x);
      expect(Number.isInteger(r)).toBe(true);
      expect(Math.abs(r - x)).toBeLessThanOrEqual(0.5);
      if (Math.abs(r - x) === 0.5) expect(Math.abs(r % 2)).toBe(0);
    }),
  );
  for (let n = -10; n <= 10; n++) expect(Math.abs(roundHalfToEven(n + 0.5) % 2)).toBe(0);
  expect(roundHalfToEven(0.49999999999999994)).toBe(0);
  expect(roundHalfToEven(4503599627370497.5)).toBe(4503599627370498);
  expect([NaN, Infinity].map(roundHalfToEven)).toEqual([NaN, Infinity]);
});

test('sigmoid(x) + sigmoid(-x) = 1, far out too', () => {
  for (const x of [0, 0.3, 5, 40, 700, 1e4]) expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 15);
  expect(sigmoid(-700)).toBeCloseTo(Math.exp(-700), 310);
  expect(sigmoid(-700)).toBeGreaterThan(0);
});

test('pow where JavaScript and C differ', () => {
  expect(pow(1, NaN)).toBe(1);
  expect(pow(-1, Infinity)).toBe(1);
  expect(pow(-1, -Infinity)).toBe(1);
  expect(pow(NaN, 0)).toBe(1);
  expect(pow(-8, 1 / 3)).toBe(NaN);
  expect(pow(0, 0)).toBe(1);
});

test('floorMod has the sign of the divisor', () => {
  expect([5.5, -5.5, 5.5, -5.5].map((x, i) => floorMod(x, i < 2 ? 2 : -2))).toEqual([
    1.5, 0.5, -0.5, -1.5,
  ]);
  expect([floorMod(1, 0), floorMod(-1, Infinity), floorMod(6, 3)]).toEqual([NaN, Infinity, 0]);
});
