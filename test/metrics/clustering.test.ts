import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IndexError, ShapeError } from '../../src/engine/core/errors.js';
import {
  AdjustedRand,
  NormalizedMutualInfo,
  adjustedRandScore,
  normalizedMutualInfoScore,
} from '../../src/metrics/index.js';

const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 40 });

describe.each([
  ['normalized mutual information', normalizedMutualInfoScore, NormalizedMutualInfo],
  ['adjusted Rand index', adjustedRandScore, AdjustedRand],
] as const)('%s', (op, score, Metric) => {
  test('is symmetric, and does not depend on the numbers of clusters', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const [a, b] = [all.map(([x]) => x), all.map(([, y]) => y)];
        expect(score(b, a)).toBeCloseTo(score(a, b), 12);
        expect(
          score(
            a,
            b.map((y) => 7 * (9 - y)),
          ),
        ).toBeCloseTo(score(a, b), 12);
        expect(score(a, a)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('batches are as the whole', () => {
    const metric = new Metric();
    metric.update([5, 5], [0, 1]);
    metric.reset();
    expect(metric.update([0, 0], [1, 1]).update([1, 1], [1, 0]).compute()).toBe(
      score([0, 0, 1, 1], [1, 1, 1, 0]),
    );
  });

  test('what is no clustering is refused', () => {
    expect(() => score([0, 1], [0])).toThrow(ShapeError);
    expect(() => score([0, 1], [0])).toThrow(`${op}: there are 2 labels and 1 clusters;`);
    expect(() => score([0, 1], [0, -1])).toThrow(IndexError);
    expect(() => score([], [])).toThrow(`${op}: there are no samples;`);
  });
});

test('an unknown mean is refused', () => {
  const averageMethod = 'harmonic' as 'min';
  expect(() => new NormalizedMutualInfo({ averageMethod })).toThrow(
    "averageMethod is 'harmonic'; give",
  );
});
