// covers: src/metrics/bootstrap.ts, src/metrics/quantile.ts
import { describe, expect, test } from 'vitest';
import { ArgumentError, NumericError, ShapeError } from '../../src/engine/core/errors.js';
import { intervalOf } from '../../src/metrics/bootstrap.js';
import { accuracyScore, bootstrap, rocAucScore } from '../../src/metrics/index.js';
import { STATISTICS } from './statistics-goldens.js';

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};
const deviation = (values: ArrayLike<number>): number => {
  const m = mean(values);
  return Math.sqrt(mean(Array.from(values, (v) => (v - m) ** 2)));
};

/** Numbers that look like a sample of a normal distribution of deviation 1. */
const bell = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => {
    let sum = -6;
    for (let k = 0; k < 12; k++)
      sum += (((Math.sin((i * 12 + k) * 12.9898 + seed) * 43758.5453) % 1) + 1) % 1;
    return sum;
  });

describe('intervals', () => {
  test.each(STATISTICS.bootstrap.map((c) => [`${c.statistic} ${c.method} ${c.level}`, c] as const))(
    "%s as SciPy's, of the same resamples",
    (_, { statistic, data, level, method, estimate, distribution, low, high }) => {
      const f = { mean, deviation }[statistic];
      const jackknife = (): Float64Array =>
        Float64Array.from(data, (_v, left) => f(data.filter((_w, i) => i !== left)));
      const found = intervalOf(method, Float64Array.from(distribution), estimate, jackknife, level);
      expect(found[0]).toBeCloseTo(low, 12);
      expect(found[1]).toBeCloseTo(high, 12);
    },
  );

  test('of a mean: about ± 1.96 standard errors', () => {
    const data = bell(400, 1);
    const { estimate, low, high, standardError } = bootstrap([data], mean, { nResamples: 2000 });
    const expected = deviation(data) / Math.sqrt(400);
    expect(estimate).toBe(mean(Float64Array.from(data)));
    expect(Math.abs(standardError / expected - 1)).toBeLessThan(0.05);
    expect(Math.abs((high - low) / (2 * 1.96 * expected) - 1)).toBeLessThan(0.05);
  });

  test.each(['percentile', 'basic', 'BCa'] as const)(
    '%s: 80%% of them hold the truth, about',
    (method) => {
      let held = 0;
      for (let s = 0; s < 200; s++) {
        const options = { nResamples: 200, confidenceLevel: 0.8, method, seed: s };
        const { low, high } = bootstrap([bell(30, 1000 + s)], mean, options);
        if (low <= 0 && high >= 0) held++;
      }
      // 160 ± 3 · 5.7; small samples hold it a little too rarely.
      expect(held).toBeGreaterThan(138);
      expect(held).toBeLessThan(178);
    },
  );
});

describe('resamples', () => {
  test('columns stay together', () => {
    const x = [1, 2, 3, 4, 5];
    const apart = (a: Float64Array, b: Float64Array): number =>
      mean(a.map((v, i) => b[i]! - 10 * v));
    const { distribution } = bootstrap([x, x.map((v) => 10 * v)], apart, { nResamples: 50 });
    expect(new Set(distribution)).toEqual(new Set([0]));
  });

  test('draw each sample equally often', () => {
    const counts = new Float64Array(7);
    const count = (indices: Float64Array): number => {
      for (const i of indices) counts[i]!++;
      return indices[0]!;
    };
    bootstrap([[0, 1, 2, 3, 4, 5, 6]], count, { nResamples: 3000, method: 'percentile' });
    // 3001 · 7 draws: 3001 each, with a standard deviation of 51.
    for (const n of counts) expect(Math.abs(n - 3001)).toBeLessThan(200);
  });

  test('are those of the seed', () => {
    const run = (seed: number): Float64Array =>
      bootstrap([[1, 2, 4, 8]], mean, { nResamples: 20, seed }).distribution;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(2 ** 40)).not.toEqual(run(0));
  });
});

test('metrics are statistics', () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % 2);
  const predictions = labels.map((y, i) => (i % 5 === 0 ? 1 - y : y));
  const { estimate, low, high } = bootstrap([labels, predictions], accuracyScore, {
    nResamples: 500,
  });
  expect(estimate).toBe(0.8);
  expect(low).toBeGreaterThan(0.6);
  expect(high).toBeLessThan(0.95);
});

test('where nothing varies the interval is a point', () => {
  const { low, high, standardError } = bootstrap([[1, 1, 1]], mean, { nResamples: 10 });
  expect([low, high, standardError]).toEqual([1, 1, 0]);
});

describe('refused', () => {
  test('statistics that are not finite, and estimates outside of all resamples', () => {
    const auc = (y: Float64Array, s: Float64Array): number => rocAucScore(y, s);
    expect(() =>
      bootstrap(
        [
          [0, 1],
          [0.2, 0.7],
        ],
        auc,
      ),
    ).toThrow(NumericError);
    expect(() =>
      bootstrap(
        [
          [0, 1],
          [0.2, 0.7],
        ],
        auc,
      ),
    ).toThrow(
      /^bootstrap: the statistic of resample \d+ is NaN; give one that is finite for all resamples\.$/,
    );
    const distinct = (x: Float64Array): number => new Set(x).size;
    const twelve = Array.from({ length: 12 }, (_, i) => i);
    expect(() => bootstrap([twelve], distinct, { nResamples: 100 })).toThrow(
      /^bootstrap: the estimate 12 lies outside of all resamples \(\d+…\d+\), for which BCa has no/,
    );
  });

  test.each([
    [{ nResamples: 1 }, 'bootstrap: nResamples is 1; give an integer of at least 2.'],
    [{ confidenceLevel: 95 }, 'bootstrap: confidenceLevel is 95; give a number between 0 and 1.'],
    [{ method: 'bca' }, "bootstrap: method is 'bca'; give 'percentile', 'basic' or 'BCa'."],
    [{ seed: 0.5 }, 'bootstrap: seed is 0.5; give an integer from 0 to 2^53 - 1.'],
  ])('%j', (options, message) => {
    expect(() => bootstrap([[1, 2]], mean, options as object)).toThrow(ArgumentError);
    expect(() => bootstrap([[1, 2]], mean, options as object)).toThrow(message);
  });

  test('columns that do not fit', () => {
    expect(() => bootstrap([[1, 2], [1]], (a, b) => mean(a) + mean(b))).toThrow(ShapeError);
    expect(() => bootstrap([[1]], mean)).toThrow(
      'bootstrap: there are 1 samples; give at least two.',
    );
    expect(() => bootstrap([], () => 0)).toThrow('bootstrap: there are 0 samples;');
  });
});
