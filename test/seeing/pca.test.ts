// covers: src/seeing/symmetric-eigen.ts
import { describe, expect, test } from 'vitest';
import { pca } from '../../src/seeing/index.js';
import { symmetricEigen } from '../../src/seeing/symmetric-eigen.js';
import { randn, zeros } from '../../src/tensor/index.js';
import { unpack } from '../nn/check.js';
import { expectClose, f64, sample, values } from '../tensor/check.js';
import { expectGolden, goldens } from './net.js';

describe('symmetricEigen', () => {
  test.each([1, 2, 3, 10, 41])('of %d rows gives A = VᵀΛV with rows V at right angles', (n) => {
    const half = sample([n, n], n);
    const a = half.add(half.T);
    const { values: found, vectors } = symmetricEigen(Float64Array.from(values(a)), n);
    const v = f64([...vectors]).reshape([n, n]);
    const identity = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)),
    );
    expectClose(v.matmul(v.T), identity, 1e-13);
    const again = v.T.matmul(v.mul(f64([...found]).reshape([n, 1])));
    expectClose(again, a.array(), 1e-12);
    expect([...found]).toEqual([...found].sort((p, q) => q - p));
  });
  test('takes equal eigenvalues, zeros, and blocks that do not touch', () => {
    const n = 5;
    const a = new Float64Array(n * n);
    for (const [i, v] of [3, 3, 0, 7, 3].entries()) a[i * n + i] = v;
    a[4 * n] = 1;
    a[4] = 1;
    expect([...symmetricEigen(a, n).values].map((v) => Math.round(v * 1e12) / 1e12)).toEqual([
      7, 4, 3, 2, 0,
    ]);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  });
});

describe('pca', () => {
  test.each(goldens.pca.map((c) => [c.x.shape.join('×'), c] as const))(
    'of %s samples is that of scikit-learn',
    (_, c) => {
      const x = unpack(c.x, 'f64');
      const found = pca(x, { components: c.components });
      expectGolden(found.mean, c.mean);
      expectGolden(found.axes, c.axes, 1e-11);
      expectGolden(found.explainedVariance, c.explainedVariance, 1e-11);
      expectGolden(found.explainedVarianceRatio, c.explainedVarianceRatio, 1e-11);
      expectGolden(found.transform(x), c.scores, 1e-10);
      expectGolden(found.transform(unpack(c.new, 'f64')), c.newScores, 1e-10);
    },
  );
  test('with all components loses nothing, with fewer the variance of the rest', () => {
    const x = sample([9, 4]);
    const whole = pca(x, { components: 4 });
    expectClose(whole.inverseTransform(whole.transform(x)), x.array(), 1e-12);
    const two = pca(x);
    const lost = two.inverseTransform(two.transform(x)).sub(x).pow(2).sum().item() / 8;
    const rest = values(whole.explainedVariance).slice(2);
    expect(lost).toBeCloseTo(rest[0]! + rest[1]!, 12);
    expect(two.error(x)).toBeCloseTo((lost * 8) / 36, 12);
    expect(whole.error(x)).toBeLessThan(1e-24);
  });
  test('has axes of zeros where the samples do not vary', () => {
    const line = f64([
      [1, 2, 3, 4],
      [2, 4, 6, 8],
      [3, 6, 9, 12],
    ]);
    const { axes, explainedVariance } = pca(line);
    expectClose(axes, [[1, 2, 3, 4].map((v) => v / Math.sqrt(30)), [0, 0, 0, 0]], 1e-12);
    expectClose(explainedVariance, [30, 0], 1e-12);
    const same = pca(zeros([3, 2], { dtype: 'f64' }));
    expect(values(same.explainedVarianceRatio)).toEqual([0, 0]);
  });
  test('keeps f32', () => {
    expect(pca(randn([5, 3])).axes.dtype).toBe('f32');
  });
  test.each([
    ['pca: x is [4]; give samples as rows, [N, D].', sample([4]), {}],
    ['components is 4; of 4 samples of 3 values there are 3', sample([4, 3]), { components: 4 }],
    ['there are 2, use 1 to that.', sample([3, 9]), { components: 0 }],
    ['of 1 samples of 9 values there are 0; give more samples.', sample([1, 9]), {}],
    [
      'pca: x has a NaN or ∞; leave such samples out.',
      f64([
        [1, NaN],
        [2, 3],
        [3, 4],
      ]),
      {},
    ],
  ])('refuses: %s', (message, x, options) => {
    expect(() => pca(x, options)).toThrow(message);
  });
});
