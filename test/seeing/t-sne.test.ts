// covers: src/seeing/neighbour-similarities.ts, src/seeing/t-sne-gradient.ts
import { describe, expect, test } from 'vitest';
import { tSne } from '../../src/seeing/index.js';
import { jointSimilarities } from '../../src/seeing/neighbour-similarities.js';
import { divergenceOf, divergenceSlope } from '../../src/seeing/t-sne-gradient.js';
import { Generator, randn, type Tensor } from '../../src/tensor/index.js';
import { f64, sample, values } from '../tensor/check.js';
import { goldens } from './net.js';

const { tSne: want } = goldens;
const [n, d] = want.x.shape as [number, number];
const joint = Float64Array.from(want.joint.data);

describe('similarities', () => {
  test('are those of scikit-learn, to the tolerance of its search', () => {
    const found = jointSimilarities(Float64Array.from(want.x.data), n, d, want.perplexity);
    found.forEach((p, i) => expect(Math.abs(p - joint[i]!)).toBeLessThan(2e-6));
    expect(found.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });
  test('of equal points are equal', () => {
    const found = jointSimilarities(new Float64Array(12), 6, 2, 3);
    found.forEach((p, i) => expect(p).toBeCloseTo(i % 7 === 0 ? 0 : 1 / 30, 12));
  });
});

test('divergence and slope are those of scikit-learn', () => {
  const places = Float64Array.from(want.y.data);
  expect(divergenceOf(joint, places)).toBeCloseTo(want.divergence, 10);
  const slope = divergenceSlope(joint, places, 1);
  slope.forEach((v, i) => expect(v).toBeCloseTo(want.gradient.data[i]!, 10));
});

/** Groups of points in ten dimensions, `count` around each of three centres. */
function groups(count: number): Tensor {
  const noise = values(randn([3 * count, 10], { dtype: 'f64', generator: new Generator(2) }));
  return f64(
    noise.map((v, i) => v + (Math.floor(i / 10 / count) === (i % 10) % 3 ? 6 : 0)),
  ).reshape([3 * count, 10]);
}

describe('tSne', () => {
  const x = groups(15);
  const options = { perplexity: 8, iterations: 400 };

  test('keeps groups apart: every nearest neighbour is of the own group', () => {
    for (const init of ['pca', 'random'] as const) {
      const { embedding, klDivergence } = tSne(x, { ...options, init });
      const rows = embedding.array() as [number, number][];
      rows.forEach(([a, b], i) => {
        const distances = rows.map(([p, q], j) => (j === i ? Infinity : Math.hypot(a - p, b - q)));
        const nearest = distances.indexOf(Math.min(...distances));
        expect(Math.floor(nearest / 15)).toBe(Math.floor(i / 15));
      });
      expect(klDivergence).toBeLessThan(0.6);
      expect(klDivergence).toBeGreaterThan(0);
    }
  });
  test('gives the same map for the same seed', () => {
    const at = (seed: number): number[] =>
      values(tSne(x, { ...options, iterations: 50, init: 'random', seed }).embedding);
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
    expect(values(tSne(x, options).embedding)).toEqual(values(tSne(x, options).embedding));
  });
  test('takes points of one value, and equal ones', () => {
    const line = tSne(sample([8, 1]), { perplexity: 3, iterations: 100 });
    expect(values(line.embedding).every(Number.isFinite)).toBe(true);
    const same = tSne(f64(new Array(20).fill(1)).reshape([10, 2]), { perplexity: 3 });
    expect(values(same.embedding).every(Number.isFinite)).toBe(true);
  });
  test.each([
    ['tSne: x is [4]; give points as rows, [N, D].', sample([4]), {}],
    ['tSne: perplexity is 30; for 20 points use one above 1 and below 20.', sample([20, 2]), {}],
    ['tSne: perplexity is 1; for 20 points use one above 1', sample([20, 2]), { perplexity: 1 }],
    ['tSne: iterations is 0; use a number above 0.', sample([20, 2]), { iterations: 0 }],
    ['tSne: x has a NaN or ∞; leave such points out.', f64([[1], [NaN], [2]]), { perplexity: 2 }],
  ])('refuses: %s', (message, points, wrong) => {
    expect(() => tSne(points, wrong)).toThrow(message);
  });
});
