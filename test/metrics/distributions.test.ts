// covers: src/engine/core/normal-quantile.ts
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../src/engine/core/normal-quantile.js';
import {
  chiSquaredTail,
  incompleteBeta,
  logGamma,
  normalCdf,
  studentTails,
} from '../../src/metrics/distributions.js';
import { STATISTICS } from './statistics-goldens.js';

/** Relative, since tails are what matters; exp(-x²/2) of x = 37 has lost three digits. */
const FUNCTIONS = {
  normalCdf: [normalCdf, 2e-13],
  normalQuantile: [normalQuantile, 1e-13],
  chiSquaredTail: [chiSquaredTail, 1e-13],
  studentTails: [studentTails, 1e-12],
  incompleteBeta: [incompleteBeta, 1e-11],
  logGamma: [logGamma, 1e-13],
} as const;

describe.each(Object.entries(FUNCTIONS))('%s', (name, [f, bound]) => {
  const rows = STATISTICS[name as keyof typeof FUNCTIONS];
  test.each(rows.map((row) => [row]))('%j', (row) => {
    const want = row.at(-1)!;
    const found = (f as (...args: number[]) => number)(...row.slice(0, -1));
    expect(Math.abs(found - want)).toBeLessThanOrEqual(want === 0 ? 1e-15 : bound * Math.abs(want));
  });
});

test('a quantile is the inverse of the distribution', () => {
  for (let p = 0.001; p < 1; p += 0.0107) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 14);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
});

test('ends', () => {
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  expect([studentTails(0, 4), studentTails(Infinity, 4), studentTails(-Infinity, 4)]).toEqual([
    1, 0, 0,
  ]);
  expect(studentTails(NaN, 4)).toBeNaN();
});
